"""From snapshots to the files that citizens read. Pure: bytes out of values, no disk, no clock."""
