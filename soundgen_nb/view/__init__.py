"""Numbers and sounds to HTML, pictures and widgets."""
