using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// From query vectors to candidates: probe, scan the probed lists, and widen the probe for requests that have too few
/// candidates, until they have enough, every list was scanned, or their time is over. Only new lists are scanned. A
/// filter that few items pass is asked of all lists at once: that costs less than probing, and misses nothing.
/// </summary>
/// <param name="index">The lists.</param>
/// <param name="filter">The filter index, or null when every filter is verified only.</param>
/// <param name="forward">Exact feature values.</param>
/// <param name="merge">From the heads' candidates to the request's.</param>
/// <param name="clock">What deadlines are measured by.</param>
sealed class CandidateSearch(
    IvfIndex index, FilterWords? filter, ForwardValues forward, MergeHeads merge, TimeProvider clock)
{
    // A strict filter needs many more lists, and every round repeats the probe: four times as many lists keep the rounds
    // few, and scan at most four times what was needed.
    const int WidenFactor = 4;

    // An item that is picked costs as much as this many of a list that is scanned whole; see docs/kernels.md.
    const double PickCost = 2.5;

    // The best items that nprobe lists are enough for, fitted to the measurement below: nprobe itself is chosen by the
    // recall of 100 items.
    const double SpreadOfNProbe = 300;

    /// <summary>Candidates of a group of requests, rented from the pass.</summary>
    public SearchResult Run(in SearchGroup group, in ForwardPass pass)
    {
        int count = group.Queries.Length, heads = merge.Heads;
        var result = SearchResult.Rent(count, merge.Capacity(group.Kept), pass.Scratch);
        var mark = pass.Scratch.Mark();
        var state = new SearchState
        {
            Group = group,
            Result = result,
            Codes = index.Quantize(group.Vectors, pass),
            Kept = HeadCandidates.Rent((long)count * heads, group.Kept, pass.Scratch),
            Offsets = Offsets(group.Vectors, pass.Scratch),
            Goals = pass.Scratch.RentZeroed<int>(new Shape(count)),
            Scanned = pass.Scratch.RentZeroed<long>(new Shape(count)),
        };
        state.Kept.Clear();
        var active = pass.Scratch.Rent<int>(new Shape(count));
        ScanGiven(in state, active, pass);
        for (int lacking = Judge(in state, active); lacking > 0; lacking = Judge(in state, active))
        {
            Probe(in state, active.Span[..lacking], pass);
        }
        for (int r = 0; r < count; r++)
        {
            for (int h = 0; h < heads; h++)
            {
                result.EligibleSeen[r] = Math.Max(result.EligibleSeen[r], state.Kept.EligibleSeen[(long)r * heads + h]);
            }
        }
        pass.Scratch.Release(mark);
        return result;
    }

    /// <summary>
    /// Whether all lists are scanned at once: few items pass, so that picking them costs no more than scanning the probed
    /// lists would, or a probe would have to widen to a quarter of all lists anyway.
    /// </summary>
    bool IsStrict(RetrievalQuery query)
    {
        if (query.OnlyLists is not null || query.Filter is not { Program: { } program, OnlyRows: null } wanted) return false;
        double items = index.Lists.SlotOfRow.Count, passing = filter is null ? items : program.MaskShare(filter) * items;
        double verified = 0;
        // What is verified first is looked at once, in order.
        if (wanted.VerifyFirst) (verified, passing) = (passing, Math.Min(passing, query.MatchesMax));
        double probed = (double)query.NProbe / index.NList * items;
        return passing <= (double)query.Wanted * WidenFactor || passing * PickCost + verified <= probed;
    }

    /// <summary>Scans all lists, or those that hold an allow-list's items, for the requests that need no probe.</summary>
    void ScanGiven(in SearchState state, Tensor<int> active, in ForwardPass pass)
    {
        var queries = state.Group.Queries;
        int count = 0, widest = 1;
        for (int r = 0; r < queries.Length; r++)
        {
            state.Result.Probes[r] = 0;
            int lists = queries[r].OnlyLists?.Length ?? (IsStrict(queries[r]) ? index.NList : -1);
            if (lists < 0) continue;
            active[count++] = r;
            widest = Math.Max(widest, lists);
            state.Result.Probes[r] = lists;
        }
        if (count == 0) return;
        var mark = pass.Scratch.Mark();
        var given = pass.Scratch.Rent<int>(new Shape((long)count * merge.Heads, widest));
        for (int q = 0; q < given.Shape[0]; q++)
        {
            var row = given.Row(q);
            row.Fill(-1);
            if (queries[active[q / merge.Heads]].OnlyLists is { } only) only.CopyTo(row);
            else for (int l = 0; l < row.Length; l++) row[l] = l;
        }
        Scan(in state, active.Span[..count], given, pass);
        pass.Scratch.Release(mark);
    }

    /// <summary>
    /// The lists that a request needs under its filter: nprobe / share^(1/4), by the share of the scanned items that is
    /// eligible. The nearest eligible items lie in farther lists the stricter a filter is: of 400,000 image descriptors,
    /// shares of .52, .13, .04 and .01 needed 1.1, 1.6, 2.2 and 3 times the lists for the recall of a search without filter.
    /// Long answers need more: the best K of a share are spread as the best K / share of all are, and of a million
    /// generated items recall was .95 and more with lists by the root of that. The share is what the filter index says,
    /// so conditions that it cannot rule out widen nothing.
    /// </summary>
    int Goal(int request, in SearchState state)
    {
        var query = state.Group.Queries[request];
        if (query.Wanted <= query.K || query.OnlyLists is not null) return query.NProbe;
        long eligible = 0;
        for (int q = request * merge.Heads; q < (request + 1) * merge.Heads; q++) eligible += state.Kept.EligibleSeen[q];
        double strictness = (double)state.Scanned[request] / Math.Max(1, eligible);
        double widening = Math.Max(Math.Sqrt(Math.Sqrt(strictness)), Math.Sqrt(query.K * strictness / SpreadOfNProbe));
        return (int)Math.Clamp(Math.Ceiling(query.NProbe * widening), query.NProbe, index.NList);
    }

    /// <summary>Sets every request's status and lists those that need more.</summary>
    int Judge(in SearchState state, Tensor<int> active)
    {
        var group = state.Group;
        var result = state.Result;
        int count = 0;
        long now = clock.GetTimestamp();
        for (int r = 0; r < group.Queries.Length; r++)
        {
            var query = group.Queries[r];
            bool isAll = query.OnlyLists is not null || result.Probes[r] >= index.NList;
            // What was not scanned at all is scanned once, whatever the time.
            if (result.Probes[r] == 0 && !isAll)
            {
                active[count++] = r;
                continue;
            }
            if (state.Goals[r] == 0) state.Goals[r] = Goal(r, in state);
            bool isEnough = result.Counts[r] >= query.Wanted && result.Probes[r] >= state.Goals[r];
            bool isEnd = isEnough || isAll || now >= query.Deadline;
            if (!isEnd) active[count++] = r;
            else if (result.Counts[r] >= query.K) result.SetStatus(r, RetrievalStatus.Complete);
            else result.SetStatus(r, isAll ? RetrievalStatus.Exhausted : RetrievalStatus.Deadline);
        }
        return count;
    }

    /// <summary>Scans the next lists of some requests.</summary>
    void Probe(in SearchState state, ReadOnlySpan<int> active, in ForwardPass pass)
    {
        int heads = merge.Heads, reach = 0, widest = 0;
        var probes = state.Result.Probes;
        var mark = pass.Scratch.Mark();
        var vectors = pass.Scratch.Rent<float>(new Shape((long)active.Length * heads, index.Dim));
        for (int a = 0; a < active.Length; a++)
        {
            int next = Next(in state, active[a]);
            (reach, widest) = (Math.Max(reach, next), Math.Max(widest, next - probes[active[a]]));
            vectors.Rows((long)a * heads, heads).CopyFrom(state.Group.Vectors.Rows((long)active[a] * heads, heads));
        }
        var ranked = index.Probe(vectors, reach, pass);
        var lists = pass.Scratch.Rent<int>(new Shape((long)active.Length * heads, widest));
        for (int a = 0; a < active.Length; a++)
        {
            // The probe's order is total, so its first lists are those that were scanned before.
            int probed = probes[active[a]], added = Next(in state, active[a]) - probed;
            for (int q = a * heads; q < (a + 1) * heads; q++)
            {
                ranked.Row(q).Slice(probed, added).CopyTo(lists.Row(q));
                lists.Row(q)[added..].Fill(-1);
            }
            probes[active[a]] += added;
        }
        Scan(in state, active, lists, pass);
        pass.Scratch.Release(mark);
    }

    /// <summary>The lists that a request has probed after the next round.</summary>
    int Next(in SearchState state, int request)
    {
        var query = state.Group.Queries[request];
        int probed = state.Result.Probes[request], goal = state.Goals[request];
        if (probed == 0) return query.NProbe;
        bool isNearlyDone = state.Result.Counts[request] >= query.Wanted;
        return isNearlyDone ? goal : (int)Math.Min(index.NList, Math.Max(goal, (long)probed * WidenFactor));
    }

    /// <summary>Scans lists of some requests and adds what is found to what they have.</summary>
    void Scan(in SearchState state, ReadOnlySpan<int> active, Tensor<int> lists, in ForwardPass pass)
    {
        int heads = merge.Heads;
        var group = state.Group;
        var scratch = pass.Scratch;
        var codes = new QuantizedQueries(
            scratch.Rent<sbyte>(new Shape(lists.Shape[0], index.Lists.PaddedDim)), scratch.Rent<float>(new Shape(lists.Shape[0])));
        for (int to = 0; to < lists.Shape[0]; to++)
        {
            int request = active[to / heads], from = request * heads + to % heads;
            state.Codes.Codes.Row(from).CopyTo(codes.Codes.Row(to));
            codes.Scales[to] = state.Codes.Scales[from];
            group.Filters[to] = group.Queries[request].Filter;
            foreach (int list in lists.Row(to)) state.Scanned[request] += list < 0 ? 0 : index.Lists.ListCount[list];
        }
        var found = HeadCandidates.Rent(lists.Shape[0], group.Kept, scratch);
        Scan(codes, lists, group.Filters, found, pass);
        for (int a = 0; a < active.Length; a++)
        {
            for (int h = 0; h < heads; h++)
            {
                state.Kept.Absorb(active[a] * heads + h, in found, a * heads + h, index.Lists, scratch);
            }
            Merge(active[a], in state, scratch);
        }
    }

    void Scan(
        in QuantizedQueries codes, Tensor<int> lists, QueryFilter?[] filters, in HeadCandidates kept, in ForwardPass pass) =>
        pass.Kernels.FusedScan(new FusedScanArgs
        {
            Queries = codes.Codes,
            QueryScales = codes.Scales,
            Lists = lists,
            Index = index.Lists,
            Words = filter,
            Forward = forward,
            Filters = filters,
            Heads = merge.Heads,
            Scores = kept.Scores,
            Slots = kept.Slots,
            Found = kept.Found,
            EligibleSeen = kept.EligibleSeen,
        });

    void Merge(int request, in SearchState state, Scratch scratch)
    {
        var args = new MergeHeadsArgs
        {
            Candidates = state.Kept,
            FirstQuery = request * merge.Heads,
            Offsets = state.Offsets,
            Index = index.Lists,
            Slots = state.Result.Slots.Rows(request, 1).Reshape(new Shape(state.Result.Slots.Shape[1])),
        };
        state.Result.Counts[request] = merge.Merge(in args, scratch);
    }

    /// <summary>
    /// [Q]: query · centre. The codes are of item - centre, so a scan's score lacks it: the same for all items of one head,
    /// but not for the heads of a request.
    /// </summary>
    public unsafe Tensor<float> Offsets(Tensor<float> vectors, Scratch scratch)
    {
        var offsets = scratch.Rent<float>(new Shape(vectors.Shape[0]));
        for (long q = 0; q < offsets.Count; q++)
        {
            double sum = 0;
            float* vector = vectors.Pointer + q * index.Dim;
            for (int d = 0; d < index.Dim; d++) sum += (double)vector[d] * index.Center.Pointer[d];
            offsets[q] = (float)sum;
        }
        return offsets;
    }

    readonly ref struct SearchState
    {
        public required SearchGroup Group { get; init; }

        public required SearchResult Result { get; init; }

        public required QuantizedQueries Codes { get; init; }

        public required HeadCandidates Kept { get; init; }

        public required Tensor<float> Offsets { get; init; }

        /// <summary>[B] int32, lists that each request probes at least; 0 while nothing is known.</summary>
        public required Tensor<int> Goals { get; init; }

        /// <summary>[B] int64, items of the lists that each request has scanned, over all heads.</summary>
        public required Tensor<long> Scanned { get; init; }
    }
}
