using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

/// <summary>How a <see cref="SearchItems"/> is drawn.</summary>
/// <param name="ListSizes">Slots in use of each list, dead ones included.</param>
/// <param name="Dim">Code width before padding.</param>
/// <param name="CodeMax">Largest code: small for many equal scores.</param>
/// <param name="DeadShare">Share of slots in use whose item is gone.</param>
sealed record SearchItemsShape(int[] ListSizes, int Dim = 40, int CodeMax = 127, double DeadShare = 0.1);

/// <summary>
/// A random index with three features per item: 0 has bitmaps (values 0 to 6), 1 has Bloom terms (values 0 to 99),
/// 2 is an ordered key from -50 to 49 with Bloom terms and codes (key + 51, 0 for missing); values may be missing.
/// </summary>
sealed class SearchItems
{
    public const int CodeRow = 7;
    public const int CodeRows = 7;
    public const int ExactRows = CodeRow + CodeRows;
    public const int BloomRows = 24;
    public const int HashCount = 3;

    readonly List<int>[] _categories;
    readonly List<int>[] _tags;

    public SearchItems(int seed, SearchItemsShape shape)
    {
        var random = new Random(seed);
        var sizes = shape.ListSizes;
        int[] start = new int[sizes.Length + 1];
        // One spare word behind every other list.
        for (int l = 0; l < sizes.Length; l++) start[l + 1] = start[l] + (sizes[l] + 63 + 64 * (l % 2)) / 64 * 64;
        Slots = start[^1];
        Dim = (shape.Dim + 63) / 64 * 64;
        var live = new bool[Slots];
        for (int l = 0; l < sizes.Length; l++)
        {
            for (int s = start[l]; s < start[l] + sizes[l]; s++) live[s] = random.NextDouble() >= shape.DeadShare;
        }
        var beyond = new HashSet<int>();
        for (int l = 0; l < sizes.Length; l++)
        {
            for (int s = start[l] + sizes[l]; s < start[l + 1]; s++) beyond.Add(s);
        }
        int[] slotOfRow = [.. Enumerable.Range(0, Slots).Where(s => live[s])];
        random.Shuffle(slotOfRow);
        var rows = Enumerable.Repeat(-1, Slots).ToArray();
        for (int r = 0; r < slotOfRow.Length; r++) rows[slotOfRow[r]] = r;
        Index = new IvfTensors
        {
            Codes = Codes(random, Slots, shape),
            Scales = Tensor.Zeros<float>(new(Slots)),
            Bias = Tensor.Zeros<float>(new(Slots)),
            Live = Tensor.Zeros<ulong>(new(Slots / 64)),
            Rows = Tensor.From<int>(rows),
            SlotOfRow = Tensor.From<int>(slotOfRow),
            ListStart = Tensor.From<int>(start),
            ListCount = Tensor.From<int>(sizes),
        };
        for (int s = 0; s < Slots; s++)
        {
            bool tied = shape.CodeMax < 8;
            // A scale of 0 and a bias of -0 make scores of 0 with either sign.
            Index.Scales[s] = tied ? random.Next(2) : (float)random.NextDouble() * 0.1f;
            Index.Bias[s] = tied ? -0f : (float)random.NextDouble() - 0.5f;
            // Bits beyond a list's count mean nothing, whatever they are.
            if (live[s] || beyond.Contains(s)) Index.Live[s / 64] |= 1UL << (s % 64);
        }
        _categories = [.. Enumerable.Range(0, Slots).Select(_ => Draw(random, 3, 7))];
        _tags = [.. Enumerable.Range(0, Slots).Select(_ => Draw(random, 5, 100))];
        Keys = new long[Slots];
        for (int s = 0; s < Slots; s++) Keys[s] = random.Next(5) == 0 ? ForwardColumn.MissingKey : random.Next(-50, 50);
        var ordered = new ForwardColumn { Keys = Tensor.From<long>(Keys) };
        Forward = new ForwardValues([Column(_categories), Column(_tags), ordered]);
        Words = MakeWords();
    }

    public int Slots { get; }
    public int Dim { get; }
    public IvfTensors Index { get; }
    public FilterWords Words { get; }
    public ForwardValues Forward { get; }
    public long[] Keys { get; }

    /// <summary>The values of a slot's feature 0 or 1.</summary>
    public List<int> Values(int feature, int slot) => feature == 0 ? _categories[slot] : _tags[slot];

    /// <summary>The code of a key of feature 2.</summary>
    public static int Code(long key) => key == ForwardColumn.MissingKey ? 0 : (int)Math.Clamp(key, -50, 49) + 51;

    /// <summary>A well-spread hash.</summary>
    public static ulong Term(int feature, long value)
    {
        ulong x = (ulong)value * 0x9E3779B97F4A7C15 + (ulong)feature * 0xD1B54A32D192ED03 + 0x2545F4914F6CDD1D;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>The arguments that give every slot its bits.</summary>
    public BuildSignaturesArgs Signatures(FilterWords words, int first, int count)
    {
        var terms = new List<ulong>();
        var rows = new List<int>();
        int[] termStart = new int[count + 1], exactStart = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            rows.AddRange(_categories[first + i]);
            terms.AddRange(_tags[first + i].Select(v => Term(1, v)));
            if (Keys[first + i] != ForwardColumn.MissingKey) terms.Add(Term(2, Keys[first + i]));
            int code = Code(Keys[first + i]);
            rows.AddRange(Enumerable.Range(0, CodeRows).Where(bit => (code >> bit & 1) != 0).Select(bit => CodeRow + bit));
            (termStart[i + 1], exactStart[i + 1]) = (terms.Count, rows.Count);
        }
        return new BuildSignaturesArgs
        {
            Words = words,
            FirstSlot = first,
            TermStart = Tensor.From<int>(termStart),
            Terms = Tensor.From<ulong>([.. terms]),
            ExactStart = Tensor.From<int>(exactStart),
            ExactRows = Tensor.From<int>([.. rows]),
        };
    }

    /// <summary>An empty filter index; blocks differ in width and every fourth has no Bloom rows at all.</summary>
    public FilterWords EmptyWords()
    {
        int blocks = (Slots + FilterWords.BlockSlots - 1) / FilterWords.BlockSlots;
        long[] start = new long[blocks + 1];
        for (int b = 0; b < blocks; b++)
        {
            int bloom = b % 4 == 3 ? 0 : BloomRows + b % 3;
            start[b + 1] = start[b] + (ExactRows + bloom) * FilterWords.BlockWords;
        }
        return new FilterWords
        {
            Rows = Tensor.Zeros<ulong>(new(start[^1])),
            BlockStart = Tensor.From<long>(start),
            ExactRows = ExactRows,
            HashCount = HashCount,
        };
    }

    static Tensor<sbyte> Codes(Random random, int slots, SearchItemsShape shape)
    {
        int padded = (shape.Dim + 63) / 64 * 64;
        var codes = Tensor.Zeros<sbyte>(new(slots, padded));
        for (int s = 0; s < slots; s++)
        {
            for (int d = 0; d < shape.Dim; d++)
            {
                codes[(long)s * padded + d] = (sbyte)random.Next(-shape.CodeMax, shape.CodeMax + 1);
            }
        }
        return codes;
    }

    static List<int> Draw(Random random, int countMax, int values) =>
        [.. Enumerable.Range(0, random.Next(countMax + 1)).Select(_ => random.Next(values)).Distinct().Order()];

    static ForwardColumn Column(List<int>[] values)
    {
        var all = new List<int>();
        long[] ranges = new long[values.Length];
        for (int s = 0; s < values.Length; s++)
        {
            ranges[s] = ForwardColumn.PackRange(all.Count, values[s].Count);
            all.AddRange(values[s]);
        }
        return new ForwardColumn { Ranges = Tensor.From<long>(ranges), Values = Tensor.From<int>([.. all]) };
    }

    FilterWords MakeWords()
    {
        var words = EmptyWords();
        new ReferenceKernels(new Workers(1)).BuildSignatures(Signatures(words, 0, Slots));
        return words;
    }
}
