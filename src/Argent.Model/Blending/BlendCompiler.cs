using System.Buffers;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>Checks blends against a schema. It holds no state: any thread may use it.</summary>
/// <param name="schema">The features that a blend may name.</param>
/// <param name="filters">For conditions and slots.</param>
sealed class BlendCompiler(FeatureSchema schema, FilterCompiler filters)
{
    static readonly SearchValues<char> _numerals = SearchValues.Create("0123456789+-.eE");

    /// <summary>The program of a configuration.</summary>
    /// <exception cref="ArgumentException">
    /// A number is out of range, or a feature, value or filter is not the model's; the message says which.
    /// </exception>
    public BlendProgram Compile(BlendConfig config)
    {
        config.Check();
        var sources = new Sources(schema, filters);
        // A diversity without weight moves nothing.
        var diversity = config.Diversity is { Weight: > 0 } weighed ? weighed : null;
        var plan = new ComposePlan
        {
            Diversity = diversity,
            SimilarityClasses = [.. (diversity?.Similarity ?? []).Select(s => sources.Classes(s.Feature, null))],
            Spacing = [.. config.Spacing.Select(s => (s, sources.Classes(s.Feature, s.Values), sources.Condition(s.When)))],
            Rules = [.. config.Rules.Select(r => (r, sources.Classes(r.Feature, r.Values), sources.Condition(r.Filter)))],
        };
        return new BlendProgram(config)
        {
            Plan = plan,
            Parts = plan.Parts,
            Classes = sources.AllClasses,
            Conditions = sources.AllConditions,
            NeedsVectors = plan.SimilarityClasses.Contains(-1),
        };
    }

    /// <summary>The value ids, or keys, of a part's values, ascending and distinct.</summary>
    /// <exception cref="ArgumentException">No item has such a value, or it has the wrong type.</exception>
    internal static long[] Values(FeatureSchema schema, int feature, IReadOnlyList<string> values)
    {
        var spec = schema.Features[feature];
        return [.. values.Select(v => spec.IsOrdered ? Key(spec, v) : Id(schema.Vocabularies[feature]!, spec, v)).Distinct().Order()];
    }

    static long Id(Vocabulary vocabulary, FeatureSpec spec, string value)
    {
        int id = vocabulary.Find(value);
        return id >= 0 ? id : throw new ArgumentException(
            $"The blend names {Quotation.Shown(value)}, which no item has as '{spec.Name}'.{Suggestion.Offer(value, vocabulary.Values)}");
    }

    static long Key(FeatureSpec spec, string value)
    {
        var wanted = spec.Type == FeatureType.Date ? FilterValue.TryDate(value) : Number(value);
        // A number between two keys, such as 2.5 of an integer, is nobody's.
        if (wanted is not null)
        {
            var bounds = OrderedBounds.Of(FilterOperator.Equal, OrderedValue.Read(spec, wanted));
            if (!bounds.IsEmpty) return bounds.Low;
        }
        string expected = spec.Type switch
        {
            FeatureType.Date => "dates such as 2024-01-31",
            FeatureType.Integer => "whole numbers",
            _ => "numbers",
        };
        throw new ArgumentException($"The blend names {Quotation.Shown(value)} of '{spec.Name}', which has {expected}.");
    }

    static FilterValue? Number(string text)
    {
        bool isPlain = text.Length > 0 && text[0] != '+' && text.AsSpan().IndexOfAnyExcept(_numerals) < 0;
        return isPlain ? FilterValue.TryNumber(text) : null;
    }

    /// <summary>Numbers of what several parts may share.</summary>
    sealed class Sources(FeatureSchema schema, FilterCompiler filters)
    {
        readonly List<ClassSource> _classes = [];
        readonly List<FilterProgram?> _conditions = [];
        readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public IReadOnlyList<ClassSource> AllClasses => _classes;

        public IReadOnlyList<FilterProgram?> AllConditions => _conditions;

        /// <summary>The number of a set of classes; -1 without a feature.</summary>
        public int Classes(string? feature, IReadOnlyList<string>? values)
        {
            if (feature is null) return -1;
            int column = schema.Find(feature);
            if (column < 0)
            {
                string offer = Suggestion.Offer(feature, schema.Features.Select(f => f.Name));
                throw new ArgumentException(
                    $"The blend names the feature {Quotation.Shown(feature)}, which the model does not have.{offer}");
            }
            long[]? only = values is null ? null : Values(schema, column, values);
            int same = _classes.FindIndex(c => c.Feature == column && c.Only is null == only is null
                && (c.Only ?? []).SequenceEqual(only ?? []));
            if (same >= 0) return same;
            _classes.Add(new ClassSource(column, only));
            return _classes.Count - 1;
        }

        /// <summary>The number of a condition; -1 without a filter.</summary>
        public int Condition(string? filter)
        {
            if (filter is null) return -1;
            if (_numbers.TryGetValue(filter, out int number)) return number;
            try
            {
                _conditions.Add(filters.Compile(FilterLanguage.Parse(filter)));
            }
            catch (FilterException e)
            {
                throw new ArgumentException($"The blend has the filter {Quotation.Shown(filter)}. {e.Message}", e);
            }
            _numbers.Add(filter, _conditions.Count - 1);
            return _conditions.Count - 1;
        }
    }
}
