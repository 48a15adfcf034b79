using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// The exact feature values of every slot and the vocabularies they are ids of: what eligibility is verified against.
/// </summary>
/// <param name="schema">Features and vocabularies.</param>
/// <param name="values">One column per feature of the schema.</param>
/// <param name="counts">How many items have which values, one per feature; counted from the values when left out.</param>
public sealed class ForwardIndex(FeatureSchema schema, ForwardValues values, IReadOnlyList<FeatureCounts>? counts = null) : Module
{
    /// <summary>Features and vocabularies.</summary>
    public FeatureSchema Schema { get; } = schema;

    /// <summary>Values by slot.</summary>
    public ForwardValues Values { get; } = values.Columns.Length == schema.Features.Count
        ? values
        : throw new ArgumentException($"{values.Columns.Length} columns for {schema.Features.Count} features.");

    /// <summary>How many items have which values, one per feature.</summary>
    public IReadOnlyList<FeatureCounts> Counts { get; } =
        counts ?? [.. values.Columns.Select((column, f) => FeatureCounts.Of(column, schema.Vocabularies[f]?.Count ?? 0))];

    /// <summary>No features.</summary>
    public static ForwardIndex Empty { get; } = new(FeatureSchema.Empty, new ForwardValues([]));

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors
    {
        get
        {
            for (int f = 0; f < Values.Columns.Length; f++)
            {
                string name = Schema.Features[f].Name;
                var column = Values.Columns[f];
                foreach (var (part, tensor) in Counts[f].Tensors) yield return ($"{name}.{part}", tensor);
                if (column.IsOrdered)
                {
                    yield return (name + ".keys", AnyTensor.From(column.Keys));
                    continue;
                }
                yield return (name + ".ranges", AnyTensor.From(column.Ranges));
                yield return (name + ".values", AnyTensor.From(column.Values));
                foreach (var tensor in TextColumn.From(Schema.Vocabularies[f]!.Values).Tensors(name + ".vocab"))
                {
                    yield return tensor;
                }
            }
        }
    }

    /// <summary>Binds <c>forward.*</c>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent.</exception>
    public static ForwardIndex FromTensors(TensorSource source, IReadOnlyList<FeatureSpec> features, int slots)
    {
        var vocabularies = new Vocabulary?[features.Count];
        var columns = new ForwardColumn[features.Count];
        var counts = new FeatureCounts[features.Count];
        for (int f = 0; f < columns.Length; f++)
        {
            string path = "forward." + features[f].Name;
            columns[f] = features[f].IsOrdered
                ? new ForwardColumn { Keys = source.Get<long>(path + ".keys", slots) }
                : Categorical(source, path, slots);
            if (!features[f].IsOrdered) vocabularies[f] = new Vocabulary(source.Texts(path + ".vocab", -1).ToArray());
            counts[f] = FeatureCounts.FromTensors(source, path, vocabularies[f], slots);
        }
        return new ForwardIndex(new FeatureSchema(features, vocabularies), new ForwardValues(columns), counts);
    }

    static unsafe ForwardColumn Categorical(TensorSource source, string path, int slots)
    {
        var ranges = source.Get<long>(path + ".ranges", slots);
        var values = source.Get<int>(path + ".values", -1);
        long* range = ranges.Pointer;
        for (int slot = 0; slot < slots; slot++)
        {
            long start = range[slot] >> 16;
            if (start < 0 || start + (range[slot] & ForwardColumn.ValuesMax) > values.Count)
            {
                throw source.Bad(path + ".ranges", $"leads out of the {values.Count} values at slot {slot}");
            }
        }
        return new ForwardColumn { Ranges = ranges, Values = values };
    }
}
