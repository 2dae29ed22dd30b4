"""Device profiles, rules, sample recipes, icons, message catalogues, translations: data, and how to read them."""
