using System.Runtime.InteropServices;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Turns requests into queries: checks every field against the model and its limits, and compiles filters and formulas.
/// </summary>
sealed class QueryCompiler
{
    const double FewPassing = 8;

    readonly RetrievalModel _model;
    readonly RetrievalParts _parts;
    readonly MergeHeads _merge;
    readonly FilterCompiler _filters;
    readonly BlendCompiler _blendCompiler;
    readonly Selectivity _selectivity;
    readonly BoundedCache<CompiledFilter> _filterPrograms;
    readonly BoundedCache<CompiledFilter> _canonicalFilters;
    readonly BoundedCache<ValueFormula> _valuePrograms;
    readonly BoundedCache<BlendProgram> _blends;
    readonly CompiledFilter _everything;
    readonly ItemLists _lists;
    readonly Stack<UserBatchBuilder> _builders = [];

    public QueryCompiler(RetrievalModel model, RetrievalParts parts, MergeHeads merge)
    {
        (_model, _parts, _merge) = (model, parts, merge);
        _lists = new ItemLists(parts.Items.Ids, parts.Index.Lists);
        _filters = new FilterCompiler(parts.Forward.Schema, parts.Filter?.Layout);
        _blendCompiler = new BlendCompiler(parts.Forward.Schema, _filters);
        _selectivity = new Selectivity(parts.Forward.Schema, parts.Forward.Counts, parts.Items.Ids.Count);
        _filterPrograms = new BoundedCache<CompiledFilter>(parts.Limits.CachedPrograms);
        _canonicalFilters = new BoundedCache<CompiledFilter>(parts.Limits.CachedPrograms);
        _everything = new CompiledFilter(null, _selectivity.Of(Condition.True));
        _valuePrograms = new BoundedCache<ValueFormula>(parts.Limits.CachedPrograms);
        _blends = new BoundedCache<BlendProgram>(parts.Limits.CachedPrograms);
    }

    public RetrievalQuery Compile(RetrievalRequest request, long deadline)
    {
        var limits = _parts.Limits;
        if (request.K < 1 || request.K > limits.KMax)
        {
            throw Bad($"k is {request.K}; it must be 1 to {limits.KMax}.");
        }
        if (request.NProbe < 0)
        {
            throw Bad($"nprobe is {request.NProbe}; it must be 0 (the model's default, {_parts.DefaultNProbe}) or more.");
        }
        if (request.Rescore is { } rescore && (rescore < 0 || rescore > limits.RescoreMarginMax))
        {
            throw Bad($"rescore is {rescore}; it must be 0 to {limits.RescoreMarginMax}.");
        }
        if (request.Explain && request.K > limits.ExplainedItemsMax)
        {
            throw Bad($"k is {request.K} and explain is true; {limits.ExplainedItemsMax} items are explained at most. " +
                "Ask for fewer, or explain one item at a time.");
        }
        var user = request.User ?? throw Bad("user is null; an empty object is an anonymous user.");
        // More lists than there are is all of them: the answer says how many were probed.
        int nprobe = Math.Min(request.NProbe == 0 ? _parts.DefaultNProbe : request.NProbe, _parts.Index.NList);
        var compiled = string.IsNullOrWhiteSpace(request.Filter) ? _everything : Compiled(request.Filter);
        var filter = Filter(request, compiled);
        var blend = Blend(request);
        int kept = Kept(blend.Candidates(request.K), request.Rescore);
        // A merge that leaves items out may never have K0, and what is only excluded leaves the nearest lists full.
        bool isStrict = filter is { Program: not null } or { OnlyRows: not null }
            && !_merge.MayLeaveOut;
        int[]? onlyLists = filter?.OnlyRows is { } only ? _lists.Holding(only, nprobe) : null;
        return new RetrievalQuery
        {
            Model = _model,
            K = request.K,
            Kept = kept,
            Wanted = isStrict ? Math.Max(kept, request.K) : request.K,
            NProbe = onlyLists?.Length ?? nprobe,
            OnlyLists = onlyLists,
            Filter = filter,
            MatchesMax = Math.Min(compiled.Matches.Most, filter?.OnlyRows?.Length ?? long.MaxValue),
            Value = Value(request.Value).Bind(user.Features),
            Blend = blend,
            Vectors = user.Vectors is { } vectors ? Flatten(vectors) : null,
            User = user.Vectors is null ? Encode(user) : null,
            Deadline = deadline,
        };
    }

    /// <summary>The request's blend or the model's own.</summary>
    BlendProgram Blend(RetrievalRequest request)
    {
        var blend = _model.Blend;
        if (!string.IsNullOrWhiteSpace(request.Blend))
        {
            if (request.Blend.Length > BlendConfig.LengthMax)
            {
                throw TooLarge($"blend has {request.Blend.Length} characters; at most {BlendConfig.LengthMax} are read.");
            }
            try
            {
                blend = _blends.Get(request.Blend, json => _blendCompiler.Compile(BlendConfig.Parse(json)));
            }
            catch (ArgumentException e)
            {
                throw new RequestException(RequestErrorKind.UnprocessableBlend, e.Message);
            }
        }
        double steps = blend.Steps(request.K, _parts.Index.Dim);
        return steps <= BlendProgram.StepsMax ? blend : throw new RequestException(
            RequestErrorKind.UnprocessableBlend,
            $"The blend would compose k = {request.K} of {blend.Candidates(request.K)} candidates " +
            $"in about {steps / 1e6:0} million steps; " +
            $"{BlendProgram.StepsMax / 1_000_000} million are allowed. Ask for fewer items, a smaller pool or window, or no blend: {{}}.");
    }

    /// <summary>
    /// K0: K and the margin, or what the OverArch wants to see, up to all slots. A margin of the model's choice is rounded
    /// up to a step, so that requests of similar K are scanned together.
    /// </summary>
    int Kept(int k, int? rescore)
    {
        int most = Math.Max(64, _parts.Index.Slots);
        if (rescore is { } margin) return Math.Min(k + margin, most);
        int wanted = Math.Max(
            k + Math.Min(Math.Max(64, k / 4), _parts.Limits.RescoreMarginMax), _parts.OverArch?.Config.Candidates ?? 0);
        // Steps of a quarter of the power of two below: at most a quarter more than wanted.
        int step = 1 << Math.Max(4, System.Numerics.BitOperations.Log2((uint)wanted) - 2);
        return Math.Min((wanted + step - 1) / step * step, most);
    }

    QueryFilter? Filter(RetrievalRequest request, CompiledFilter compiled)
    {
        var program = compiled.Program;
        int[]? excluded = Rows("exclude", request.Exclude, _parts.Limits.ExcludeMax);
        int[]? only = Rows("only", request.Only, _parts.Limits.OnlyMax);
        if (excluded is { Length: 0 }) excluded = null;
        return program is null && excluded is null && only is null
            ? null
            : new QueryFilter(program, excluded, only) { VerifyFirst = compiled.VerifyFirst };
    }

    CompiledFilter Compiled(string text)
    {
        if (text.Length > FilterLimits.LengthMax)
        {
            throw TooLarge($"filter has {text.Length} characters; at most {FilterLimits.LengthMax} are read.");
        }
        try
        {
            return _filterPrograms.Get(text, Compile);
        }
        catch (FilterException e)
        {
            throw new RequestException(RequestErrorKind.UnprocessableFilter, e.Message, e.Line, e.Column);
        }
    }

    CompiledFilter Compile(string text)
    {
        var filter = FilterLanguage.Parse(text);
        // The same filter written otherwise is the same program, so that requests of a batch share its mask.
        return _canonicalFilters.Get(filter.ToString(), _ => Compile(filter));
    }

    CompiledFilter Compile(FilterExpression filter)
    {
        var (program, matches) = (_filters.Compile(filter), _selectivity.Of(filter));
        return new CompiledFilter(program, matches) { VerifyFirst = program is not null && IsVerifiedFirst(program, matches) };
    }

    /// <summary>
    /// Whether the mask lets so many items pass that do not match that verifying them in order, before any is scored, is
    /// cheaper than verifying the best ones, which lie anywhere, until enough have passed.
    /// </summary>
    bool IsVerifiedFirst(FilterProgram program, in MatchEstimate matches)
    {
        double share = _parts.Filter is { } index ? program.MaskShare(index.Words) : 1;
        return program.NeedsVerification && matches.Expected < share * _parts.Items.Ids.Count / FewPassing;
    }

    ValueFormula Value(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return _model.Value.Compiled;
        if (text.Length > ValueLimits.LengthMax)
        {
            throw TooLarge($"value has {text.Length} characters; at most {ValueLimits.LengthMax} are read.");
        }
        try
        {
            return _valuePrograms.Get(text, t => ValueModel.Compile(t, _model.Tasks, _model.Schema));
        }
        catch (ValueException e)
        {
            throw new RequestException(RequestErrorKind.UnprocessableValue, e.Message, e.Line, e.Column);
        }
    }

    /// <summary>Rows of the ids that the model has, ascending and distinct; an id that it does not have changes nothing.</summary>
    int[]? Rows(string field, IReadOnlyList<string>? ids, int most)
    {
        if (ids is null) return null;
        if (ids.Count > most) throw TooLarge($"{field} has {ids.Count} ids; at most {most} are read.");
        var texts = ids switch
        {
            string[] array => array,
            List<string> list => CollectionsMarshal.AsSpan(list),
            _ => [.. ids],
        };
        foreach (string id in texts) CheckedId(field, id);
        return _lists.Rows(texts);
    }

    string CheckedId(string field, string? id)
    {
        if (id is null) throw Bad($"{field} holds null where an id is expected.");
        return id.Length <= _parts.Limits.IdTextMax
            ? id
            : throw TooLarge(
                $"{field} holds an id of {id.Length} characters; at most {_parts.Limits.IdTextMax} are read.");
    }

    float[] Flatten(IReadOnlyList<float[]> vectors)
    {
        int heads = _model.Tasks.Count, dim = _parts.Index.Dim;
        if (vectors.Count != heads)
        {
            throw Bad(
                $"user.vectors has {vectors.Count} vectors; the model has {heads} heads ({string.Join(", ", _model.Tasks)}).");
        }
        var flat = new float[heads * dim];
        for (int h = 0; h < heads; h++)
        {
            var vector = vectors[h] ?? throw Bad($"user.vectors[{h}] is null.");
            if (vector.Length != dim)
            {
                throw Bad($"user.vectors[{h}] has {vector.Length} numbers; the model has {dim} dimensions.");
            }
            int wrong = Array.FindIndex(vector, v => !float.IsFinite(v));
            if (wrong >= 0) throw Bad($"user.vectors[{h}][{wrong}] is {vector[wrong]}, not a finite number.");
            vector.CopyTo(flat, h * dim);
        }
        return flat;
    }

    EncodedUser Encode(UserInput user)
    {
        if (_parts.UserTower is not { } tower)
        {
            throw Bad(
                $"The model '{_parts.Name}' has no user tower: send user.vectors with {_parts.Index.Dim} numbers a head.");
        }
        CheckUser(user);
        var builder = Borrow();
        try
        {
            builder.Clear();
            tower.Encoder.Encode(user, builder);
            return EncodedUser.From(builder);
        }
        catch (ArgumentException e)
        {
            throw Bad(e.Message);
        }
        finally
        {
            lock (_builders) _builders.Push(builder);
        }
    }

    void CheckUser(UserInput user)
    {
        var limits = _parts.Limits;
        if (user.Id is not null) CheckedId("user.id", user.Id);
        int events = 0;
        foreach (var (task, ids) in user.History ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            if (ids is null) throw Bad($"user.history.{task} is null.");
            events += ids.Count;
            if (events > limits.HistoryMax) throw TooLarge($"user.history has more than {limits.HistoryMax} items.");
            for (int i = 0; i < ids.Count; i++) CheckedId("user.history." + task, ids[i]);
        }
        if (user.Features is not { } features) return;
        if (features.Count > limits.UserFeaturesMax)
        {
            throw TooLarge($"user.features has {features.Count} features; at most {limits.UserFeaturesMax} are read.");
        }
        foreach (var (name, value) in features) CheckedId("user.features." + name, value);
    }

    UserBatchBuilder Borrow()
    {
        lock (_builders)
        {
            if (_builders.TryPop(out var builder)) return builder;
        }
        return new UserBatchBuilder(_parts.Towers!);
    }

    /// <param name="Program">Null for TRUE.</param>
    /// <param name="Matches">How many items it matches.</param>
    sealed record CompiledFilter(FilterProgram? Program, MatchEstimate Matches)
    {
        public bool VerifyFirst { get; init; }
    }

    static RequestException Bad(string message) => new(RequestErrorKind.BadRequest, message);

    static RequestException TooLarge(string message) => new(RequestErrorKind.TooLarge, message);
}
