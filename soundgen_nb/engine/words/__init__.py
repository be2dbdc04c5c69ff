"""Which words mean which sound, and what the other words do to it: tables, no code.

When the engine does not know a word, write it here: in the file of its part of the world, under
its sound. A table ``[sounds.rain]`` gives the sound's ``label`` for users, and words in five roles:

* ``sources`` name the sound, and are enough alone;
* ``actions`` make it heard, and may belong to other sounds too;
* ``hints`` speak for it beside other words;
* ``scenes`` are places that sound like this when nothing else is named;
* ``moods`` are how it feels; they choose a texture when no sound is named at all.

Words stand in their base form ("bark", not "barks" or "barking"), unless only another form names
the sound ("cocking"). Several words between commas are a phrase, articles may stand within it, and
the longest phrase that fits wins. A word may stand under several sounds: then the rest of the
prompt decides, and between equals the sound named first. A name must be clear: "key" only speaks
for keys as an action, for there are keyboards; and what is loud, old or far has its own tables.

``[presets.rain]`` has the words that choose a preset, whose own name always works; and
``[imitations.monster]`` what is only imitated by the sound, with the sentence the user is told.

``grammar.toml`` has how prompts hang together, and ``english.txt`` words that are spelt right.
"""
