"""The built-in sequence: a street scene rendered from a seed, in MOT16 layout.

``world`` holds the camera and the light, ``cast`` who walks where, ``wardrobe`` what they wear,
``body`` and ``figure`` draw one person, ``backdrop``, ``houses`` and ``props`` draw the street,
``render`` composes frames with their ground truth, ``detector`` simulates a detector, and
``sequence`` writes the folder.
"""
