"""What each command of `tpe-audit` does, one file each."""
