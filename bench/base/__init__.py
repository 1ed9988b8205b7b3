"""The ground floor: errors, identity, spelling, plug-ins, the registry, findings, places on disk.

Takes nothing of ours; gives what every room above needs. Conventions: an error is one sentence with the value, what was
expected and what to do; an identity is a hash of everything that changes the numbers; a plug-in is a frozen dataclass
whose fields are its parameters.

Does not belong here: anything that knows what a clip, a feature or a fold is.
"""
