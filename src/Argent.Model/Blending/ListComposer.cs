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
        int classes = 0;
        foreach (var set in args.Classes) classes = Math.Max(classes, set.Count);
        _classPrices = scratch.Rent<float>(new Shape(classes)).Span;
        _classCounts = scratch.Rent<int>(new Shape(classes)).Span;
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
        double most = double.NegativeInfinity;
        for (int i = _first; i < _count; i++)
        {
            if (_placed[i] || _forbidden[i] >= 0) continue;
            double worth = _args.Quality[i] + Weight * _gains[i];
            for (int s = 0; s < _plan.Spacing.Count; s++) worth -= _prices[s * _count + i];
            if (worth > most) (best, most) = (i, worth);
        }
        return best;
    }

    /// <summary>Notes why candidates of better quality than the chosen one were passed over.</summary>
    public readonly void Explain(int chosen)
    {
        for (int i = _first; i < chosen; i++)
        {
            if (_placed[i] || _args.Reasons[i] >= 0) continue;
            if (_forbidden[i] >= 0)
            {
                _args.Reasons[i] = 1 + _plan.Spacing.Count + _forbidden[i];
                continue;
            }
            int reason = 0;
            double most = Weight * (_gains[chosen] - _gains[i]);
            for (int s = 0; s < _plan.Spacing.Count; s++)
            {
                double advantage = _prices[s * _count + i] - _prices[s * _count + chosen];
                if (advantage > most) (reason, most) = (s + 1, advantage);
            }
            _args.Reasons[i] = reason;
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
        ref readonly var sets = ref _args.Classes[classes];
        var prices = _prices.Slice(number * _count, _count);
        _classPrices.Clear();
        for (int distance = 1; distance <= Math.Min(config.Window, place); distance++)
        {
            float price = (float)(config.Weight * config.At(distance));
            foreach (int id in sets.Of(_args.Positions[place - distance])) _classPrices[id] += price;
        }
        for (int i = _first; i < _count; i++)
        {
            prices[i] = 0;
            if (_placed[i] || (condition >= 0 && !Meets(condition, i))) continue;
            foreach (int id in sets.Of(i)) prices[i] += _classPrices[id];
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
        ref readonly var sets = ref _args.Classes[classes];
        _classCounts.Clear();
        int start = config.Window is { } window ? Math.Max(0, place - window + 1) : 0;
        for (int p = start; p < place; p++)
        {
            foreach (int id in sets.Of(_args.Positions[p])) _classCounts[id]++;
        }
        for (int i = _first; i < _count; i++)
        {
            foreach (int id in sets.Of(i))
            {
                if (_classCounts[id] >= config.Count) _forbidden[i] = number;
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
        for (int i = _first; i < _count; i++)
        {
            if (!_placed[i] && Meets(condition, i)) (meeting, last) = (meeting + 1, i);
        }
        if (meeting == 0) return;
        if (place < slot)
        {
            if (meeting == 1) _forbidden[last] = number;
            return;
        }
        for (int i = _first; i < _count; i++)
        {
            if (!Meets(condition, i)) _forbidden[i] = number;
        }
    }

    readonly bool Meets(int condition, int candidate) =>
        (_args.Conditions.Row(condition)[candidate >> 6] >> (candidate & 63) & 1) != 0;
}
