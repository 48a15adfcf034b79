namespace Argent.Data;

/// <summary>The words that a generated catalogue is named with.</summary>
static class GeneratedNames
{
    static readonly string[] _first =
    [
        "Ada", "Amir", "Anouk", "Bela", "Carla", "Chidi", "Dana", "Edda", "Emil", "Farah", "Goran", "Hana", "Ida", "Ismail",
        "Ivo", "Jun", "Kaya", "Lars", "Leila", "Livia", "Mabel", "Marek", "Mina", "Naomi", "Nils", "Noor", "Olga", "Oskar",
        "Paula", "Pavel", "Quentin", "Rana", "Rosa", "Sami", "Selma", "Tariq", "Tessa", "Ugo", "Vera", "Wanda", "Yara", "Zeno",
    ];

    static readonly string[] _last =
    [
        "Abara", "Aldini", "Arkwright", "Baptiste", "Berg", "Caldera", "Castell", "Dahl", "Drozd", "Eklund", "Falk", "Ferrant",
        "Galloway", "Grau", "Haddad", "Holm", "Ibarra", "Jansen", "Kato", "Kerr", "Lindqvist", "Lorca", "Maalouf", "Marsh",
        "Nakano", "Novak", "O'Dell", "Okafor", "Palmer", "Petrov", "Quist", "Rahimi", "Roth", "Sandoval", "Serrano", "Tamm",
        "Thorne", "Ueda", "Valdez", "Vance", "Weir", "Winter", "Yilmaz", "Zander",
    ];

    static readonly string[] _adjectives =
    [
        "Amber", "Bitter", "Borrowed", "Broken", "Burning", "Copper", "Distant", "Drowned", "Empty", "Endless", "Far", "First",
        "Forgotten", "Gentle", "Glass", "Golden", "Hidden", "Hollow", "Iron", "Last", "Little", "Lost", "Narrow", "Northern",
        "Pale", "Paper", "Quiet", "Restless", "Salt", "Second", "Secret", "Silent", "Silver", "Slow", "Stolen", "Strange",
        "Sunken", "Tidal", "Unlit", "Wild", "Winter", "Wooden",
    ];

    static readonly string[] _nouns =
    [
        "Archive", "Atlas", "Bridge", "Cartographer", "Chapel", "City", "Clock", "Coast", "Daughter", "Engine", "Estuary",
        "Field", "Forest", "Garden", "Harbour", "House", "Island", "Journey", "Kingdom", "Lantern", "Letter", "Library",
        "Lighthouse", "Machine", "Map", "Mirror", "Mountain", "Night", "Ocean", "Orchard", "Planet", "Promise", "Railway",
        "River", "Season", "Shadow", "Signal", "Song", "Stranger", "Summer", "Tower", "Valley", "Voice", "Witness",
    ];

    /// <summary>Genres; neighbours in the list are read by the same people.</summary>
    public static string[] Genres { get; } =
    [
        "adventure", "fantasy", "epic-fantasy", "fairy-tales", "science-fiction", "space-opera", "dystopia", "cyberpunk",
        "thriller", "crime", "mystery", "noir", "horror", "gothic", "ghost-stories", "suspense",
        "romance", "contemporary", "family", "coming-of-age", "young-adult", "humour", "satire", "short-stories",
        "literary", "classics", "poetry", "drama", "historical", "war", "biography", "memoir",
        "history", "politics", "philosophy", "psychology", "science", "nature", "travel", "cooking",
    ];

    /// <summary>Languages, the most frequent first.</summary>
    public static string[] Languages { get; } = ["eng", "spa", "ger", "fre", "ita", "por", "jpn", "pol", "tur", "swe"];

    /// <summary>A country where the language of the same position is spoken.</summary>
    public static string[] Countries { get; } = ["US", "ES", "DE", "FR", "IT", "BR", "JP", "PL", "TR", "SE"];

    /// <summary>Number of different authors.</summary>
    public static int AuthorsMax => 2 * _first.Length * _last.Length;

    /// <summary>The name of an author; different numbers below <see cref="AuthorsMax"/> have different names.</summary>
    public static string Author(int number)
    {
        int pairs = _first.Length * _last.Length;
        // A step without common divisor with the number of pairs visits each once, and puts unlike names side by side.
        int pair = (int)(number % pairs * 613L % pairs);
        string initial = number < pairs ? "" : (char)('A' + pair % 26) + ". ";
        return $"{_first[pair % _first.Length]} {initial}{_last[pair / _first.Length]}";
    }

    /// <summary>A title; titles may repeat, as they do.</summary>
    public static string Title(Chance chance)
    {
        string adjective = _adjectives[chance.Next(_adjectives.Length)], noun = _nouns[chance.Next(_nouns.Length)];
        string other = _nouns[chance.Next(_nouns.Length)];
        return chance.Next(5) switch
        {
            0 => $"The {adjective} {noun}",
            1 => $"A {noun}, {adjective}",
            2 => $"The {noun} and the {other}",
            3 => $"{adjective} {noun}: \"{other}\"",
            _ => $"{noun} of the {adjective} {other}",
        };
    }
}
