using System.Runtime.CompilerServices;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Makes the tensors of an index: with memory to publish them, without to plan them.</summary>
/// <param name="isPlanned">True for tensors without memory.</param>
sealed class TensorMaker(bool isPlanned)
{
    /// <summary>Zeroed tensors on the heap.</summary>
    public static TensorMaker Heap { get; } = new(isPlanned: false);

    /// <summary>Tensors with a size and no memory.</summary>
    public static TensorMaker Planned { get; } = new(isPlanned: true);

    /// <summary>A tensor.</summary>
    public Tensor<T> Make<T>(Shape shape) where T : unmanaged => isPlanned
        ? new Tensor<T>(new PlannedStorage(checked(shape.Count * Unsafe.SizeOf<T>())), 0, shape)
        : Tensor.Zeros<T>(shape);
}
