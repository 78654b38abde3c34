"""The commands, in the order in which a person meets them."""

from typing import Final, cast

from sync.cli.commands import (
    adopt,
    backup,
    check,
    demo,
    diff,
    doctor,
    explain,
    findings,
    health,
    import_,
    keys,
    log,
    preview,
    recover,
    restore,
    sandbox,
    status,
    sync_,
    verify,
    withdraw,
    worker,
)
from sync.cli.invocation import Command

COMMANDS: Final[tuple[Command, ...]] = tuple(
    cast("Command", module)
    for module in (
        demo,
        import_,
        check,
        doctor,
        adopt,
        diff,
        sync_,
        status,
        findings,
        log,
        explain,
        preview,
        verify,
        keys,
        withdraw,
        backup,
        restore,
        recover,
        worker,
        health,
        sandbox,
    )
)
