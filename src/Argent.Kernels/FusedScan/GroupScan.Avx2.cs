using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>One query of a group that is scanned together.</summary>
unsafe struct GroupMember
{
    public ScanQuery Query;

    public ScanCollector Collector;

    /// <summary>The query's number in the batch.</summary>
    public int Number;

    /// <summary>Which of the group's masks it has.</summary>
    public int Mask;

    /// <summary>Lists to scan in the first round, so that the second knows a high threshold.</summary>
    public int NearLists;

    /// <summary>Live slots seen that pass the mask.</summary>
    public long Masked;
}

/// <summary>A group of queries on its way through its lists, or through one part of them.</summary>
/// <typeparam name="TDot">How codes are multiplied.</typeparam>
unsafe ref struct GroupScan<TDot>
    where TDot : struct, IInt8Dot
{
    // Measured at 128 dimensions: picking a row costs some 2.5 times a row of a run; see docs/kernels.md.
    const int RunMinDefault = 24;

    // The processor's own foresight ends at a page.
    const int AheadBytes = 4096;

    // Of a list's scales and biases, asked for before the list begins.
    const int HeadSlots = 64;

    readonly ref readonly FusedScanArgs _args;
    readonly IvfTensors _index;
    readonly ulong* _live;
    readonly ulong* _allowed;
    readonly int _runMin;
    readonly GroupMember* _group;
    readonly BlockMask* _masks;
    readonly ScanTile* _tile;
    readonly float* _scores;
    readonly int* _tileRows;
    readonly int* _chosen;
    readonly ulong* _runMasks;
    readonly ulong* _chosenMasks;
    GroupMember** _members;
    int _memberCount;
    int _chosenCount;
    QueryFilter? _first;
    ExactBatch _firstProgram;

    /// <summary>A scan of the members of <paramref name="memory"/>.</summary>
    public GroupScan(in FusedScanArgs args, in GroupMemory memory)
    {
        _args = ref args;
        _index = args.Index;
        _live = args.Index.Live.Pointer;
        _allowed = memory.Allowed;
        _runMin = args.RunMin == 0 ? RunMinDefault : args.RunMin;
        _group = memory.Members;
        _masks = memory.Masks;
        _tile = memory.Tile;
        _scores = memory.Scores;
        _tileRows = memory.TileRows;
        _chosen = memory.Chosen;
        _runMasks = memory.RunMasks;
        _chosenMasks = memory.ChosenMasks;
    }

    /// <summary>
    /// Scans slots [<paramref name="first"/>, <paramref name="end"/>) of one list for members that follow one another by
    /// mask; first is a multiple of 64.
    /// </summary>
    public void Scan(long first, long end, GroupMember** members, int count)
    {
        for (int next, i = 0; i < count; i = next)
        {
            for (next = i + 1; next < count && members[next]->Mask == members[i]->Mask;) next++;
            Enter(members + i, next - i);
            SetFirst(_args.Filters[members[i]->Number]);
            ScanBlocks(first, end, in _masks[members[i]->Mask]);
        }
    }

    /// <summary>Asks memory for the start of a list and of what the first member's mask of it is made of.</summary>
    public readonly void Prefetch(long firstSlot)
    {
        if (_masks->IsPresent) _masks->Prefetch(firstSlot / FilterWords.BlockSlots);
        if (_masks->IsSparse) return;
        sbyte* codes = _tile->Codes + firstSlot * _tile->Dim;
        for (int line = 0; line < AheadBytes; line += 64) Sse.Prefetch0(codes + line);
        for (int slot = 0; slot < HeadSlots; slot += 16)
        {
            Sse.Prefetch0(_tile->Scales + firstSlot + slot);
            Sse.Prefetch0(_tile->Bias + firstSlot + slot);
        }
    }

    /// <summary>Scores picked slots for one member until others come: <see cref="Pick"/> adds to them.</summary>
    public void Enter(GroupMember** members, int count)
    {
        bool isSame = count == 1 && _memberCount == 1 && members[0] == _members[0];
        if (!isSame) Finish();
        _members = members;
        _memberCount = count;
    }

    /// <summary>Adds a live slot that the mask lets pass.</summary>
    public void Pick(int slot)
    {
        _members[0]->Masked++;
        Choose(slot >> 6, 1UL << (slot & 63), 1);
    }

    /// <summary>Scores what is still waiting.</summary>
    public void Finish()
    {
        if (_chosenCount > 0) ScoreChosen();
    }

    /// <summary>Sets what is verified before anything is scored.</summary>
    void SetFirst(QueryFilter? filter)
    {
        bool isFirst = filter is { VerifyFirst: true, OnlyRows: null } && FusedScanReference.NeedsVerification(filter, _args.Words);
        if (ReferenceEquals(_first, isFirst ? filter : null)) return;
        _first = isFirst ? filter : null;
        if (isFirst) _firstProgram = new ExactBatch(filter!.Program!, ScanVerifier.Ops(in _args, filter), _args.Forward!);
    }

    void ScanBlocks(long first, long end, in BlockMask mask)
    {
        long endWord = (end + 63) / 64;
        for (long word = first / 64; word < endWord;)
        {
            long block = word / FilterWords.BlockWords;
            long blockEnd = Math.Min((block + 1) * FilterWords.BlockWords, endWord);
            ulong* words = null;
            if (mask.IsPresent)
            {
                if (blockEnd < endWord) mask.Prefetch(block + 1);
                words = mask.Evaluate(block);
            }
            ScanWords(word, blockEnd, end, words);
            word = blockEnd;
        }
    }

    /// <summary>Scans words of one block, masked by the block's words.</summary>
    void ScanWords(long word, long endWord, long endSlot, ulong* mask)
    {
        int run = 0;
        long masked = 0;
        for (; word < endWord; word++)
        {
            ulong survivors = _live[word];
            if (mask != null) survivors &= mask[word & (FilterWords.BlockWords - 1)];
            if (_allowed != null) survivors &= _allowed[word];
            long slotsLeft = endSlot - word * 64;
            if (slotsLeft < 64) survivors &= (1UL << (int)slotsLeft) - 1;
            if (_first is not null && survivors != 0) survivors = _firstProgram.Matches(word, survivors);
            int count = BitOperations.PopCount(survivors);
            masked += count;
            if (count >= _runMin)
            {
                _runMasks[run++] = survivors;
                if (run < ScanTile.RunMax / 64) continue;
                ScoreRun(word + 1 - run, run);
                run = 0;
                continue;
            }
            if (run > 0) ScoreRun(word - run, run);
            run = 0;
            if (count > 0) Choose(word, survivors, count);
        }
        if (run > 0) ScoreRun(word - run, run);
        for (int i = 0; i < _memberCount; i++) _members[i]->Masked += masked;
    }

    void ScoreRun(long firstWord, int words)
    {
        long first = firstWord * 64;
        int count = words * 64, i = 0;
        int* rows = _tile->Rows + first;
        for (; i + 1 < _memberCount; i += 2)
        {
            GroupMember* one = _members[i];
            GroupMember* two = _members[i + 1];
            ScanTile.ScorePair<TDot>(_tile, &one->Query, &two->Query, first, count, _scores, i == 0 ? (long)count * _tile->Dim : 0);
            Append(one, _scores, rows, _runMasks, count);
            Append(two, _scores + ScanTile.RunMax, rows, _runMasks, count);
        }
        if (i == _memberCount) return;
        ScanTile.ScoreRun<TDot>(_tile, &_members[i]->Query, first, count, _scores, AheadBytes);
        Append(_members[i], _scores, rows, _runMasks, count);
    }

    void Choose(long word, ulong survivors, int count)
    {
        if (_chosenCount + count > ScanTile.ChosenMax) ScoreChosen();
        int* end = _chosen + _chosenCount;
        _chosenCount += count;
        for (; survivors != 0; survivors &= survivors - 1)
        {
            int slot = (int)(word * 64) + BitOperations.TrailingZeroCount(survivors);
            // Picked rows are too far apart for the processor to foresee.
            sbyte* codes = _tile->Codes + (long)slot * _tile->Dim;
            for (int line = 0; line < _tile->Dim; line += 64) Sse.Prefetch0(codes + line);
            Sse.Prefetch0(_tile->Scales + slot);
            Sse.Prefetch0(_tile->Bias + slot);
            Sse.Prefetch0(_tile->Rows + slot);
            *end++ = slot;
        }
    }

    void ScoreChosen()
    {
        int whole = (_chosenCount + 63) & ~63;
        new Span<ulong>(_chosenMasks, whole / 64).Fill(ulong.MaxValue);
        int last = _chosenCount % 64;
        if (last > 0) _chosenMasks[whole / 64 - 1] = (1UL << last) - 1;
        int eights = (_chosenCount + 7) & ~7;
        // The places beyond the last repeat it and are masked.
        new Span<int>(_chosen + _chosenCount, eights - _chosenCount).Fill(_chosen[_chosenCount - 1]);
        for (int i = 0; i < _chosenCount; i++) _tileRows[i] = _tile->Rows[_chosen[i]];
        for (int i = 0; i < _memberCount; i++)
        {
            ScanTile.ScoreChosen<TDot>(_tile, &_members[i]->Query, _chosen, eights, _scores);
            Append(_members[i], _scores, _tileRows, _chosenMasks, whole);
        }
        _chosenCount = 0;
    }

    readonly void Append(GroupMember* member, float* scores, int* rows, ulong* masks, int count)
    {
        ref var collector = ref member->Collector;
        if (collector.IsFull) Reduce(member);
        collector.Accept(ScanTile.Append(scores, rows, masks, count, collector.Threshold, collector.End));
    }

    /// <summary>Leaves the best K eligible items in a member's collector.</summary>
    public readonly void Reduce(GroupMember* member) =>
        member->Collector.Reduce(new ScanVerifier(in _args, _args.Filters[member->Number]));
}
