"""The Causes page: stories whose truth is known, and one's own problem."""

ADDRESS = "doing.address"  # session state: of which story the address was told last what is done, what, and when
