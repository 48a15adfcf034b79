using Argent.Tensors;

namespace Argent.Training;

/// <summary>A trained tensor with its gradient, which is dense; for a table also which rows of the gradient are not zero.</summary>
public sealed class Parameter
{
    /// <summary>Names <paramref name="value"/> as trained; allocates a zero gradient of the same shape.</summary>
    /// <param name="name">Unique among its set: the tensor's path, for example <c>item_tower.id.weight</c>.</param>
    /// <param name="value">float32 of any shape; an optimiser writes to it.</param>
    /// <param name="isTable">
    /// True for an embedding table [V, ..] of which a step uses few rows: only touched rows are updated and cleared.
    /// </param>
    public Parameter(string name, Tensor<float> value, bool isTable = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!value.IsPresent) throw new ArgumentException($"The parameter '{name}' has no tensor.", nameof(value));
        (Name, Value, IsTable) = (name, value, isTable);
        Gradient = Tensor.Zeros<float>(value.Shape);
        Touched = isTable ? new RowSet(value.Shape[0]) : null;
    }

    /// <summary>Unique among its set.</summary>
    public string Name { get; }

    /// <summary>What is trained.</summary>
    public Tensor<float> Value { get; }

    /// <summary>Whether only touched rows take part in a step.</summary>
    public bool IsTable { get; }

    /// <summary>Of the shape of <see cref="Value"/>; backward passes add to it, a step clears it.</summary>
    public Tensor<float> Gradient { get; }

    /// <summary>Rows of <see cref="Gradient"/> that may not be zero, for a table; null otherwise.</summary>
    public RowSet? Touched { get; }

    /// <summary>Sets the gradient to zero: all of it, or the touched rows of a table.</summary>
    public void ClearGradient()
    {
        if (Touched is null)
        {
            Gradient.Clear();
            return;
        }
        foreach (int row in Touched.Rows) Gradient.Row(row).Clear();
        Touched.Clear();
    }
}
