namespace Argent.Kernels;

/// <summary>
/// The order of one row's keys where scores tie: by score, then second score, then tie, then position. Only keys that tie
/// are ever looked at again.
/// </summary>
unsafe struct TieOrder
{
    /// <summary>Keys of scores and positions.</summary>
    public const int ByScore = 0;

    const int BySecond = 1, ByTie = 2;

    /// <summary>By position, or null.</summary>
    public float* Seconds;

    /// <summary>By position, or null.</summary>
    public int* Ties;

    /// <summary>Room for as many keys as the row has.</summary>
    public long* Spare;

    /// <summary>Moves the best <paramref name="kept"/> keys to the front, in order.</summary>
    /// <param name="keys">Keys whose upper halves are of <paramref name="level"/> and lower halves positions.</param>
    /// <param name="count">Their number.</param>
    /// <param name="kept">At most as many.</param>
    /// <param name="level">What the upper halves compare.</param>
    public readonly void PutBestFirst(long* keys, int count, int kept, int level)
    {
        KeySelection.Partition(keys, count, kept, Spare);
        int next = Next(level);
        if (next > 0 && kept > 0) ChooseLast(keys, count, kept, next);
        KeySort.Sort(keys, kept, Spare);
        if (next > 0) OrderRuns(keys, kept, next);
    }

    /// <summary>What orders keys that a level does not tell apart; 0 for nothing but the position.</summary>
    readonly int Next(int level) =>
        level < BySecond && Seconds != null ? BySecond
        : level < ByTie && Ties != null ? ByTie
        : 0;

    /// <summary>The kept keys are the best by upper half and position. Of those with the last kept upper half, chooses again.</summary>
    readonly void ChooseLast(long* keys, int count, int kept, int next)
    {
        long last = KeySelection.Largest(keys, kept) >> 32;
        int better = MoveFirst(keys, kept, last), equal = better;
        for (int i = better; i < count; i++)
        {
            if (keys[i] >> 32 == last) (keys[equal], keys[i], equal) = (keys[i], keys[equal], equal + 1);
        }
        if (equal <= kept) return;
        Order(keys + better, equal - better, kept - better, next);
    }

    /// <summary>Moves the keys better than upper half <paramref name="last"/> to the front; returns their number.</summary>
    static int MoveFirst(long* keys, int count, long last)
    {
        int better = 0;
        for (int i = 0; i < count; i++)
        {
            if (keys[i] >> 32 < last) (keys[better], keys[i], better) = (keys[i], keys[better], better + 1);
        }
        return better;
    }

    /// <summary>Orders each run of equal upper halves.</summary>
    readonly void OrderRuns(long* keys, int count, int next)
    {
        for (int start = 0; start < count;)
        {
            long upper = keys[start] >> 32;
            int end = start + 1;
            while (end < count && keys[end] >> 32 == upper) end++;
            if (end - start > 1) Order(keys + start, end - start, end - start, next);
            start = end;
        }
    }

    /// <summary>Puts the best of keys with one upper half first by another level; they keep that upper half.</summary>
    readonly void Order(long* keys, int count, int kept, int level)
    {
        long upper = keys[0] >> 32;
        for (int i = 0; i < count; i++) keys[i] = Key(RankKey.Tie(keys[i]), level);
        PutBestFirst(keys, count, kept, level);
        for (int i = 0; i < count; i++) keys[i] = (upper << 32) | RankKey.Tie(keys[i]);
    }

    readonly long Key(uint position, int level) => level == BySecond
        ? RankKey.Of(SelectTopKReference.Second(Seconds[position]) + 0f, position)
        : ((long)Ties[position] << 32) | position;
}
