namespace Argent.Data;

/// <summary>
/// One generated user: one to three interests, each around an item (its taste, genres and author), the languages the user
/// reads, and from these the items that the user meets.
/// </summary>
sealed class GeneratedUser
{
    const int TriesMax = 60;

    readonly GeneratedCatalogue _catalogue;
    readonly Chance _chance;
    readonly (GeneratedItem Anchor, double[] Taste)[] _interests;
    readonly int _secondLanguage;

    /// <summary>A user of a catalogue; the same number and seed give the same user.</summary>
    public GeneratedUser(GeneratedCatalogue catalogue, int number, ulong seed)
    {
        _catalogue = catalogue;
        _chance = new Chance(seed, 1000UL + (ulong)number);
        _interests = new (GeneratedItem, double[])[1 + _chance.Next(3)];
        for (int i = 0; i < _interests.Length; i++)
        {
            var anchor = i == 0 ? AnyItem() : ItemInLanguage(Language);
            _interests[i] = (anchor, GeneratedCatalogue.Unit((anchor.Taste, 1), (GeneratedCatalogue.Direction(_chance), 0.35)));
            if (i == 0) Language = anchor.Language;
        }
        // English, or for those who read English one of the others.
        _secondLanguage = _chance.Happens(0.35) ? Language == 0 ? _chance.Next(GeneratedNames.Languages.Length) : 0 : Language;
    }

    /// <summary>Position of the first language in <see cref="GeneratedNames.Languages"/>.</summary>
    public int Language { get; }

    /// <summary>Random numbers of this user.</summary>
    public Chance Chance => _chance;

    /// <summary>The next item that the user meets.</summary>
    public int Meet()
    {
        if (_chance.Happens(0.04)) return _chance.Next(_catalogue.Items.Length);
        int item = 0;
        for (int i = 0; i < TriesMax; i++)
        {
            var (anchor, taste) = _interests[_chance.Next(_interests.Length)];
            item = Candidate(anchor, out bool isFollowed);
            if (!Reads(_catalogue.Items[item])) continue;
            // A follower reads what the author writes; anything else must fit the taste, the better the likelier.
            double fit = GeneratedCatalogue.Dot(taste, _catalogue.Items[item].Taste);
            if (_chance.Happens(isFollowed ? 0.6 : Math.Exp(7 * (fit - 0.85)))) break;
        }
        return item;
    }

    /// <summary>One to five stars: taste, quality and mood.</summary>
    public int Rate(int item)
    {
        var met = _catalogue.Items[item];
        double fit = _interests.Max(i => GeneratedCatalogue.Dot(i.Taste, met.Taste));
        double stars = 2.2 + 2.4 * fit + 0.55 * met.Quality + 0.6 * _chance.NextNormal();
        return Math.Clamp((int)Math.Round(stars), 1, 5);
    }

    int Candidate(GeneratedItem anchor, out bool isFollowed)
    {
        double way = _chance.Next();
        isFollowed = way < 0.16;
        if (isFollowed)
        {
            var works = _catalogue.OfAuthor(anchor.Author);
            return works[_chance.Next(works.Count)];
        }
        if (way < 0.24) return _catalogue.Popular.Draw(_chance);
        int genre = anchor.Genres[_chance.Next(anchor.Genres.Length)];
        return _catalogue.OfGenre(genre)[_catalogue.PopularOfGenre[genre].Draw(_chance)];
    }

    bool Reads(GeneratedItem item) =>
        item.Language == Language || item.Language == _secondLanguage || _chance.Happens(0.04);

    GeneratedItem AnyItem() => _catalogue.Items[_catalogue.Popular.Draw(_chance)];

    GeneratedItem ItemInLanguage(int language)
    {
        var item = AnyItem();
        for (int i = 0; i < TriesMax && item.Language != language; i++) item = AnyItem();
        return item;
    }
}
