"""The built-in sequence: a street scene rendered from a seed, in MOT16 layout.

``world`` holds the camera and the light, ``cast`` the people and their walks, and ``wardrobe``
their clothes. ``skeleton``, ``body`` and ``figure`` draw one person; ``backdrop``, ``houses``,
``props`` and ``round_props`` draw the street; ``textures`` and ``sprite`` serve both. ``render``
composes frames with their ground truth, and ``lens`` adds light, blur and noise.
``simulated_detector`` makes detections, and ``scene_folder`` writes everything to a folder.
"""
