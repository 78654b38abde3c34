"""One project's tasks, listed as a cycle lists them, by a process that does only that."""

import os
import sys

from sync.adapters.asana import Session, reads


def main(*project: str) -> int:
    """Prints the number of tasks read; without a project, reads nothing."""
    session = Session(os.environ["ASANA_TOKEN"], url=os.environ["ASANA_URL"])
    try:
        for gid in project:
            print(len(reads.tasks(session, gid)))
    finally:
        session.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
