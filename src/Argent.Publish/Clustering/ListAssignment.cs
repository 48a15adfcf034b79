using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>
/// The list of every item: its nearest, unless that list is full. A full list keeps the items that would lose most by
/// moving; the others go to the nearest of the lists that have room.
/// </summary>
sealed unsafe class ListAssignment
{
    // Lists that an item may move to: where eight are full, the item lies in a crowd that no list can hold.
    const int Alternatives = 8;

    // Each pass fills lists for good, so a few settle everything but crowds of equal vectors.
    const int PassesMax = 4;

    // Up to here comparing every item with every list is worth its price: of 200,000 x 128 with 8,192 lists two levels miss
    // the nearest list of 3.4 %. For 10,000,000 x 128 with 16,384 lists it takes two cores about two minutes.
    const int ExactListsMax = 16_384;

    // Rows between two reports of progress: enough that each of 16,384 lists meets some 64 of them.
    const int BlockRows = 1 << 20;

    readonly Tensor<float> _rows;
    readonly IKernels _kernels;
    readonly int[] _counts;

    ListAssignment(in Tensor<float> rows, Clustering clustering, IKernels kernels)
    {
        (_rows, _kernels) = (rows, kernels);
        NList = (int)clustering.Centroids.Shape[0];
        _counts = new int[NList];
        Capacity = (int)Math.Max(1, Math.Ceiling(KMeansOptions.LargestRatio * rows.Shape[0] / NList));
        Lists = Tensor.Zeros<int>(new Shape(rows.Shape[0]));
    }

    /// <summary>[R] int32, the list of each item.</summary>
    public Tensor<int> Lists { get; }

    /// <summary>L.</summary>
    public int NList { get; }

    /// <summary>The most items of a list.</summary>
    public int Capacity { get; }

    /// <summary>Items that are not in their nearest list.</summary>
    public int Moved { get; private set; }

    /// <summary>Assigns every row.</summary>
    /// <param name="rows">[R, D] float32, finite.</param>
    /// <param name="clustering">What to assign to.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <param name="progress">One unit per row.</param>
    public static ListAssignment Of(
        in Tensor<float> rows, Clustering clustering, IKernels kernels, Progress progress)
    {
        var assignment = new ListAssignment(rows, clustering, kernels);
        var coarse = assignment.NList > ExactListsMax ? clustering.Coarse : null;
        using var nearest = new NearestLists(clustering.Centroids, clustering.Bias, coarse, kernels);
        assignment.Nearest(nearest, progress);
        for (int pass = 0; pass < PassesMax && assignment.HasOverfull; pass++) assignment.MoveNear(nearest);
        assignment.MoveAnywhere();
        assignment.FillEmpty();
        return assignment;
    }

    bool HasOverfull => _counts.AsSpan().ContainsAnyExceptInRange(0, Capacity);

    void Nearest(NearestLists nearest, Progress progress)
    {
        long count = _rows.Shape[0];
        for (long first = 0; first < count; first += BlockRows)
        {
            long block = Math.Min(BlockRows, count - first);
            nearest.Find(_rows.Rows(first, block), Lists.Rows(first, block), default);
            if (!nearest.IsExact) nearest.Improve(_rows.Rows(first, block), Lists.Rows(first, block), default);
            progress.Advance(block);
        }
        for (long r = 0; r < count; r++) _counts[Lists.Pointer[r]]++;
    }

    /// <summary>One pass: items of overfull lists in order of what moving costs them, into lists with room.</summary>
    void MoveNear(NearestLists nearest)
    {
        int[] crowded = Crowded();
        var (lists, losses) = Options(nearest, crowded);
        int[] order = [.. Enumerable.Range(0, crowded.Length)];
        // The cheapest option of an item decides its turn; the sort is stable by the index.
        Array.Sort(order, (a, b) => losses[a * Alternatives].CompareTo(losses[b * Alternatives]) is var c && c != 0 ? c : a - b);
        foreach (int i in order)
        {
            for (int o = 0; o < Alternatives && lists[i * Alternatives + o] >= 0; o++)
            {
                if (TryMove(crowded[i], lists[i * Alternatives + o])) break;
            }
        }
    }

    /// <summary>What is left over goes to the emptiest lists: only crowds of nearly equal vectors come here.</summary>
    void MoveAnywhere()
    {
        if (!HasOverfull) return;
        int[] byRoom = [.. Enumerable.Range(0, NList).OrderBy(l => _counts[l])];
        int next = 0;
        foreach (int row in Crowded())
        {
            while (_counts[byRoom[next]] >= Capacity) next++;
            TryMove(row, byRoom[next]);
        }
    }

    /// <summary>Gives every empty list one item of the largest, so that no list is probed for nothing, while items last.</summary>
    void FillEmpty()
    {
        if (!_counts.AsSpan().Contains(0)) return;
        var members = new ListMembers(Lists, NList);
        var largest = new PriorityQueue<int, (int Size, int List)>();
        for (int l = 0; l < NList; l++) largest.Enqueue(l, (-_counts[l], l));
        for (int empty = 0; empty < NList; empty++)
        {
            if (_counts[empty] > 0) continue;
            int big = largest.Dequeue();
            if (_counts[big] < 2) return;
            // Its last rows first: each is given away once.
            Lists.Pointer[members.Rows[members.Start[big] + _counts[big] - 1]] = empty;
            _counts[big]--;
            _counts[empty]++;
            Moved++;
            largest.Enqueue(big, (-_counts[big], big));
        }
    }

    bool TryMove(int row, int to)
    {
        int from = Lists.Pointer[row];
        if (_counts[from] <= Capacity) return true;
        if (_counts[to] >= Capacity) return false;
        _counts[from]--;
        _counts[to]++;
        Lists.Pointer[row] = to;
        Moved++;
        return true;
    }

    int[] Crowded()
    {
        var rows = new List<int>();
        for (int r = 0; r < Lists.Count; r++)
        {
            if (_counts[Lists.Pointer[r]] > Capacity) rows.Add(r);
        }
        return [.. rows];
    }

    /// <summary>The best lists with room of each row, and how much worse than its own list they score; -1 for none.</summary>
    (int[] Lists, float[] Losses) Options(NearestLists nearest, int[] rows)
    {
        int[] lists = new int[checked(rows.Length * Alternatives)];
        float[] losses = new float[lists.Length];
        bool[] hasRoom = [.. _counts.Select(count => count < Capacity)];
        fixed (int* listPointer = lists, rowPointer = rows)
        fixed (float* lossPointer = losses)
        fixed (bool* roomPointer = hasRoom)
        {
            for (int first = 0; first < rows.Length; first += nearest.BlockRows)
            {
                int block = Math.Min(nearest.BlockRows, rows.Length - first);
                var copy = SampleRows.Copy(_rows, rows.AsSpan(first, block), _kernels.Workers);
                var work = new BestWithRoom
                {
                    Scores = nearest.Score(copy).Pointer,
                    HasRoom = roomPointer,
                    Rows = rowPointer + first,
                    Own = Lists.Pointer,
                    NList = NList,
                    Lists = listPointer + (long)first * Alternatives,
                    Losses = lossPointer + (long)first * Alternatives,
                };
                _kernels.Workers.Run(ref work, block);
                copy.Storage.Dispose();
            }
        }
        return (lists, losses);
    }

    struct BestWithRoom : IChunkedWork
    {
        public float* Scores;
        public bool* HasRoom;
        public int* Rows;
        public int* Own;
        public int NList;
        public int* Lists;
        public float* Losses;

        public readonly void Run(int chunk)
        {
            float* scores = Scores + (long)chunk * NList;
            int* lists = Lists + (long)chunk * Alternatives;
            float* losses = Losses + (long)chunk * Alternatives;
            float own = scores[Own[Rows[chunk]]];
            for (int o = 0; o < Alternatives; o++) (lists[o], losses[o]) = (-1, float.PositiveInfinity);
            for (int l = 0; l < NList; l++)
            {
                if (!HasRoom[l] || own - scores[l] >= losses[Alternatives - 1]) continue;
                int o = Alternatives - 1;
                for (; o > 0 && losses[o - 1] > own - scores[l]; o--) (lists[o], losses[o]) = (lists[o - 1], losses[o - 1]);
                (lists[o], losses[o]) = (l, own - scores[l]);
            }
        }
    }
}
