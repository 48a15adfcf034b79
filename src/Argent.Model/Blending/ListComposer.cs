using Argent.Tensors;

namespace Argent.Model;

/// <summary>Composes a list greedily, place by place.</summary>
public static class ListComposer
{
    /// <summary>Fills <see cref="ComposeArgs.Positions"/> and returns how many places.</summary>
    public static int Compose(in ComposeArgs args, Scratch scratch)
    {
        var mark = scratch.Mark();
        var state = new ComposeState(in args, scratch);
        int count = 0;
        args.Reasons.Span.Fill(-1);
        for (; count < args.Positions.Count; count++)
        {
            int chosen = state.Choose(count);
            if (chosen < 0) break;
            state.Explain(chosen);
            args.Positions[count] = chosen;
            state.Place(chosen);
        }
        args.Positions.Span[count..].Fill(-1);
        scratch.Release(mark);
        return count;
    }
}

/// <summary>What is known after some places are filled.</summary>
ref struct ComposeState
{
    readonly ref readonly ComposeArgs _args;
    readonly ComposePlan _plan;
    readonly int _count;
    readonly Span<float> _gains;
    readonly Span<float> _prices;
    readonly Span<int> _forbidden;
    readonly Span<bool> _placed;
    readonly Span<float> _classPrices;
    readonly Span<int> _classCounts;
    CandidateDiversity _diversity;
    int _first;

    public ComposeState(in ComposeArgs args, Scratch scratch)
    {
        _args = ref args;
        _plan = args.Plan;
        _count = (int)args.Quality.Count;
        _gains = scratch.RentZeroed<float>(new Shape(_count)).Span;
        _prices = scratch.RentZeroed<float>(new Shape((long)_plan.Spacing.Count * _count)).Span;
        _forbidden = scratch.Rent<int>(new Shape(_count)).Span;
        _placed = scratch.RentZeroed<bool>(new Shape(_count)).Span;
        _classPrices = scratch.Rent<float>(new Shape(args.Classes.Count)).Span;
        _classCounts = scratch.Rent<int>(new Shape(args.Classes.Count)).Span;
        if (_plan.Diversity is not null) _diversity = new CandidateDiversity(in args, scratch);
    }

    readonly double Weight => _plan.Diversity?.Weight ?? 0;

    /// <summary>The candidate for a place, or -1 when none may stand there.</summary>
    public int Choose(int place)
    {
        if (_plan.Diversity is not null) _diversity.Gains(_gains);
        for (int s = 0; s < _plan.Spacing.Count; s++) Price(s, place);
        _forbidden.Fill(-1);
        for (int r = 0; r < _plan.Rules.Count; r++) Forbid(r, place);
        int best = -1;
        double most = double.NegativeInfinity, weight = Weight;
        var quality = _args.Quality.Span;
        for (int i = _first; i < _count; i++)
        {
            if (_placed[i] || _forbidden[i] >= 0) continue;
            double worth = quality[i] + weight * _gains[i];
            for (int s = 0; s < _plan.Spacing.Count; s++) worth -= _prices[s * _count + i];
            if (worth > most) (best, most) = (i, worth);
        }
        return best;
    }

    /// <summary>Notes why candidates of better quality than the chosen one were passed over.</summary>
    public readonly void Explain(int chosen)
    {
        var reasons = _args.Reasons.Span;
        for (int i = _first; i < chosen; i++)
        {
            if (_placed[i] || reasons[i] >= 0) continue;
            if (_forbidden[i] >= 0)
            {
                reasons[i] = 1 + _plan.Spacing.Count + _forbidden[i];
                continue;
            }
            int reason = 0;
            double most = Weight * (_gains[chosen] - _gains[i]);
            for (int s = 0; s < _plan.Spacing.Count; s++)
            {
                double advantage = _prices[s * _count + i] - _prices[s * _count + chosen];
                if (advantage > most) (reason, most) = (s + 1, advantage);
            }
            reasons[i] = reason;
        }
    }

    /// <summary>Gives a candidate its place.</summary>
    public void Place(int chosen)
    {
        _placed[chosen] = true;
        while (_first < _count && _placed[_first]) _first++;
        if (_plan.Diversity is not null) _diversity.Add(chosen);
    }

    /// <summary>What each candidate pays to a spacing: the prices of all filled places of its classes.</summary>
    readonly void Price(int number, int place)
    {
        var (config, classes, condition) = _plan.Spacing[number];
        var sets = _args.Classes;
        var prices = _prices.Slice(number * _count, _count);
        _classPrices.Clear();
        for (int distance = 1; distance <= Math.Min(config.Window, place); distance++)
        {
            float price = (float)(config.Weight * config.At(distance));
            foreach (int id in sets.Of(classes, _args.Positions[place - distance])) _classPrices[id] += price;
        }
        var start = sets.Start.Row(classes);
        var ids = sets.Ids.Span;
        var meeting = condition >= 0 ? _args.Conditions.Row(condition) : default;
        for (int i = _first; i < _count; i++)
        {
            float price = 0;
            bool pays = !_placed[i] && (condition < 0 || Has(meeting, i));
            for (int c = start[i]; pays && c < start[i + 1]; c++) price += _classPrices[ids[c]];
            prices[i] = price;
        }
    }

    /// <summary>Marks the candidates that a rule forbids at a place.</summary>
    readonly void Forbid(int number, int place)
    {
        var (config, classes, condition) = _plan.Rules[number];
        if (config.Slot is { } slot)
        {
            ForbidForSlot(number, condition, slot - 1, place);
            return;
        }
        var sets = _args.Classes;
        _classCounts.Clear();
        int start = config.Window is { } window ? Math.Max(0, place - window + 1) : 0;
        for (int p = start; p < place; p++)
        {
            foreach (int id in sets.Of(classes, _args.Positions[p])) _classCounts[id]++;
        }
        var starts = sets.Start.Row(classes);
        var ids = sets.Ids.Span;
        for (int i = _first; i < _count; i++)
        {
            for (int c = starts[i]; c < starts[i + 1]; c++)
            {
                if (_classCounts[ids[c]] >= config.Count) _forbidden[i] = number;
            }
        }
    }

    /// <summary>
    /// At the slot everybody who does not meet the condition is forbidden, before it the last one who does, so that the
    /// slot can be filled. Where nobody is left who meets it, the slot is a place like any other.
    /// </summary>
    readonly void ForbidForSlot(int number, int condition, int slot, int place)
    {
        if (place > slot || slot >= _args.Positions.Count) return;
        int meeting = 0, last = -1;
        var who = _args.Conditions.Row(condition);
        for (int i = _first; i < _count; i++)
        {
            if (!_placed[i] && Has(who, i)) (meeting, last) = (meeting + 1, i);
        }
        if (meeting == 0) return;
        if (place < slot)
        {
            if (meeting == 1) _forbidden[last] = number;
            return;
        }
        for (int i = _first; i < _count; i++)
        {
            if (!Has(who, i)) _forbidden[i] = number;
        }
    }

    static bool Has(ReadOnlySpan<ulong> bits, int candidate) => (bits[candidate >> 6] >> (candidate & 63) & 1) != 0;
}
