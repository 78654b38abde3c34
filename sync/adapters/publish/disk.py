"""
The few steps that a publication takes on a disk, each one small and in one place.

`DirectoryPublisher` reaches the disk through nothing else, so a test can stop it at every step
in turn. A written file is on the disk before the step ends.
"""

import os
import shutil
from pathlib import Path


class Disk:
    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def make_folder(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)

    def write(self, path: Path, body: bytes) -> None:
        """
        Write a file that nothing points to yet, in place of what a stop left under its name.

        Always a new one, never into one that is there: that may be a version's too, hard-linked.
        """
        path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o644)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())

    def rename(self, source: Path, target: Path) -> None:
        """Atomic: whoever reads `target` sees the old or the new one, never a mixture."""
        source.replace(target)

    def link(self, path: Path, to: str) -> None:
        path.symlink_to(to)

    def share(self, source: Path, target: Path) -> None:
        """One file under a second name; OSError where the file system or its rights refuse."""
        os.link(source, target, follow_symlinks=False)

    def settle(self, folder: Path) -> None:
        """Make the names in a folder survive a power cut."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
