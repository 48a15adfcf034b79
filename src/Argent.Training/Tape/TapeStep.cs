using Argent.Tensors;

namespace Argent.Training;

/// <summary>One recorded call.</summary>
sealed class TapeStep
{
    /// <summary>Its name in messages.</summary>
    public required string Operation { get; init; }

    /// <summary>float32 inputs that may have gradients; absent ones are no tensors.</summary>
    public required Tensor<float>[] Inputs { get; init; }

    /// <summary>What it writes.</summary>
    public required Tensor<float> Output { get; init; }

    /// <summary>Adds to the gradients of the inputs.</summary>
    public required Action Gradient { get; init; }

    /// <summary>Memory whose values the gradient reads, the output not included.</summary>
    public List<Region> KeptValues { get; init; } = [];

    /// <summary>Whether the gradient reads the output's values.</summary>
    public bool KeepsOutput { get; init; }

    /// <summary>Whether the gradient itself touches the rows of tables that it adds to.</summary>
    public bool IsSparse { get; init; }

    /// <summary>Whether the output is exactly the first input.</summary>
    public bool IsInPlace => new Region(Output) == new Region(Inputs[0]);
}
