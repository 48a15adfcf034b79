using System.Globalization;

namespace Argent.Model;

/// <summary>
/// Looks for the smallest change of a request that serves an item: what stops the item is mended stage by stage, by the
/// least number that mends it, and every changed request is asked. A change that was not seen to serve is not suggested.
/// </summary>
/// <param name="explainer">What asks.</param>
/// <param name="item">The item's id.</param>
/// <param name="first">What the request itself did with it.</param>
sealed class ChangeSearch(Explainer explainer, string item, ItemSight first)
{
    // Each stage is mended once, some twice because more lists bring more rivals.
    const int StepsMax = 16;

    // Some dozens of searches take a fraction of it, unless one takes as long as nobody waits for.
    static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    readonly long _started = explainer.Model.Clock.GetTimestamp();
    readonly List<ChangeStep> _steps = [];
    ItemSight _sight = first;

    /// <summary>True when the search took too long and was ended.</summary>
    public bool IsLate { get; private set; }

    /// <summary>
    /// The change; null when the item is served already, nothing of this kind serves it, or the search is late.
    /// </summary>
    public ServingChange? Find(RetrievalRequest request)
    {
        try
        {
            return Search(request);
        }
        catch (TimeoutException)
        {
            IsLate = true;
            return null;
        }
    }

    ServingChange? Search(RetrievalRequest request)
    {
        if (_sight.Verdict == ItemVerdict.Served) return null;
        var changed = request with { DeadlineMs = null, Explain = false };
        if (_sight.IsCut) changed = Take(changed, "deadlineMs", "none");
        for (int i = 0; _sight.Verdict != ItemVerdict.Served; i++)
        {
            if (i == StepsMax || Next(changed) is not { } next) return null;
            changed = next;
        }
        changed = Prune(request, changed);
        int rank = explainer.Serve(changed, item);
        return rank == 0 ? null : new ServingChange(Replay(request, changed), changed, rank);
    }

    /// <summary>The change without the steps that a later one made needless: more k may have brought more lists with it.</summary>
    RetrievalRequest Prune(RetrievalRequest request, RetrievalRequest changed)
    {
        foreach (var step in _steps.SkipLast(1).ToList())
        {
            var less = With(changed, step.Field, request);
            if (!Serves(less)) continue;
            changed = less;
            _steps.Remove(step);
        }
        return changed;
    }

    /// <summary>The steps that are left, one after the other from the request on.</summary>
    List<ChangeStep> Replay(RetrievalRequest request, RetrievalRequest changed)
    {
        var steps = new List<ChangeStep>();
        var current = request with { Explain = false };
        foreach (var step in _steps)
        {
            current = With(current, step.Field, changed);
            steps.Add(step with { Leads = Look(current).Verdict });
        }
        return steps;
    }

    static RetrievalRequest With(RetrievalRequest request, string field, RetrievalRequest other) => field switch
    {
        "exclude" => request with { Exclude = other.Exclude },
        "only" => request with { Only = other.Only },
        "filter" => request with { Filter = other.Filter },
        "nprobe" => request with { NProbe = other.NProbe },
        "rescore" => request with { Rescore = other.Rescore },
        "k" => request with { K = other.K },
        "blend" => request with { Blend = other.Blend },
        _ => request with { DeadlineMs = other.DeadlineMs },
    };

    RetrievalRequest? Next(RetrievalRequest request)
    {
        switch (_sight.Verdict)
        {
            case ItemVerdict.Excluded:
                int row = explainer.Model.Items.Find(item);
                var left = request.Exclude!.Where(id => explainer.Model.Items.Find(id) != row).ToList();
                return Take(request with { Exclude = left.Count == 0 ? null : left }, "exclude", item);
            case ItemVerdict.NotInOnly:
                return Take(request with { Only = [.. request.Only!, item] }, "only", item);
            case ItemVerdict.Filtered:
                var filter = _sight.Truth!.Without();
                bool isAll = filter is FilterConstant;
                return Take(request with { Filter = isAll ? null : filter.ToString() }, "filter", filter.ToString());
            case ItemVerdict.ListNotProbed:
                return MoreLists(request);
            case ItemVerdict.BelowScan or ItemVerdict.LostInMerge:
                return MoreKept(request) ?? NoBlend(request) ?? MoreItems(request) ?? MoreLists(request);
            case ItemVerdict.BelowK:
                return NoBlend(request) ?? MoreItems(request);
            default:
                return null;
        }
    }

    /// <summary>
    /// The least nprobe that serves the item; if none does alone, the least that brings its list in. Lists matter only as
    /// far as the farthest head's place of the item's list: beyond it there are rivals only.
    /// </summary>
    RetrievalRequest? MoreLists(RetrievalRequest request)
    {
        int probed = Math.Max(1, request.NProbe == 0 ? explainer.Model.DefaultNProbe : request.NProbe);
        int[] reaches = [.. _sight.Funnel!.ListRanks.ToArray().Where(r => r > probed).Distinct().Order()];
        foreach (int reach in reaches)
        {
            if (!Serves(request with { NProbe = reach })) continue;
            int least = Least(probed, reach, n => Serves(request with { NProbe = n }));
            return TakeNProbe(request, least);
        }
        if (_sight.Verdict != ItemVerdict.ListNotProbed || reaches.Length == 0) return null;
        int brings = Least(probed, reaches[0], n => Look(request with { NProbe = n }).Verdict != ItemVerdict.ListNotProbed);
        return TakeNProbe(request, brings);
    }

    /// <summary>The least rescore that serves the item without any other change; null when there is none.</summary>
    RetrievalRequest? MoreKept(RetrievalRequest request)
    {
        int most = explainer.Model.Limits.RescoreMarginMax, kept = _sight.Query.Kept - request.K;
        var ranks = Enumerable.Range(0, explainer.Model.Tasks.Count).Select(_sight.Funnel!.ScanRank)
            .Where(rank => rank - request.K > kept && rank - request.K <= most).Distinct().Order();
        foreach (long rank in ranks)
        {
            int enough = (int)rank - request.K;
            if (!Serves(request with { Rescore = enough })) continue;
            int least = Least(Math.Max(0, kept), enough, n => Serves(request with { Rescore = n }));
            return Take(request with { Rescore = least }, "rescore", Number(least));
        }
        return null;
    }

    /// <summary>
    /// The request without a blend, whose places more k may change in any way; null when there is none. When more k serves the
    /// item under the blend too, pruning brings the blend back.
    /// </summary>
    RetrievalRequest? NoBlend(RetrievalRequest request) =>
        _sight.Query.Blend.IsIdentity ? null : Take(request with { Blend = "{}" }, "blend", "{}");

    /// <summary>
    /// The least k that serves the item; null when there is none. More k keeps more candidates, so the item's place can
    /// only grow with k, and every k below its place is too few.
    /// </summary>
    RetrievalRequest? MoreItems(RetrievalRequest request)
    {
        var model = explainer.Model;
        int most = Math.Min(model.Limits.KMax, model.Index.Slots), k = request.K;
        var sight = _sight;
        while (sight.Verdict is ItemVerdict.BelowK or ItemVerdict.BelowScan or ItemVerdict.LostInMerge && k < most)
        {
            int wanted = sight.Verdict == ItemVerdict.BelowK ? sight.Rank : Keeps(request, sight, k, most);
            k = Math.Min(most, Math.Max(k + 1, wanted));
            sight = Look(request with { K = k });
        }
        return sight.Verdict == ItemVerdict.Served ? Take(request with { K = k }, "k", Number(k)) : null;
    }

    /// <summary>The least k above <paramref name="k"/> whose K0 reaches the item's place in a head that scanned it.</summary>
    int Keeps(RetrievalRequest request, ItemSight sight, int k, int most)
    {
        long place = Enumerable.Range(0, explainer.Model.Tasks.Count).Select(sight.Funnel!.ScanRank)
            .Where(rank => rank > sight.Query.Kept).DefaultIfEmpty(0).Min();
        if (place == 0) return k + 1;
        return Least(k, most, n => explainer.Model.Prepare(request with { K = n }).Kept >= place);
    }

    /// <summary>The least number in (low, high] that holds, where <paramref name="high"/> does, by halving.</summary>
    static int Least(int low, int high, Func<int, bool> holds)
    {
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            if (holds(middle)) high = middle;
            else low = middle;
        }
        return high;
    }

    RetrievalRequest TakeNProbe(RetrievalRequest request, int nprobe) =>
        Take(request with { NProbe = nprobe }, "nprobe", Number(nprobe));

    /// <summary>Makes a change the one that the search goes on from.</summary>
    RetrievalRequest Take(RetrievalRequest request, string field, string value)
    {
        _sight = Look(request);
        // A later number for the same field takes the place of the earlier one.
        _steps.RemoveAll(step => step.Field == field && field is "nprobe" or "rescore" or "k");
        _steps.Add(new ChangeStep(field, value, _sight.Verdict));
        return request;
    }

    bool Serves(RetrievalRequest request)
    {
        CheckTime();
        return explainer.Serve(request, item) > 0;
    }

    ItemSight Look(RetrievalRequest request)
    {
        CheckTime();
        explainer.Look(request, item, long.MaxValue, out var sight);
        return sight;
    }

    void CheckTime()
    {
        if (explainer.Model.Clock.GetElapsedTime(_started) < _longest) return;
        throw new TimeoutException($"The search for a change took longer than {_longest}.");
    }

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
