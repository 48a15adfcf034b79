using Argent.Tensors;

namespace Argent.Training;

/// <summary>Bytes [Start, End) of a storage: what a tensor covers.</summary>
readonly record struct Region(Storage? Storage, long Start, long End)
{
    public Region(in AnyTensor tensor) : this(tensor.Storage, tensor.ByteOffset, tensor.ByteOffset + tensor.ByteLength) { }

    public Region(in Tensor<float> tensor) : this(tensor.Storage, tensor.ByteOffset, tensor.ByteOffset + tensor.ByteLength) { }

    public Region(in Tensor<int> tensor) : this(tensor.Storage, tensor.ByteOffset, tensor.ByteOffset + tensor.ByteLength) { }

    public bool IsEmpty => Storage is null || Start == End;

    public bool Overlaps(in Region other) =>
        ReferenceEquals(Storage, other.Storage) && !IsEmpty && Start < other.End && other.Start < End;

    public bool Contains(in Region other) =>
        ReferenceEquals(Storage, other.Storage) && Storage is not null && Start <= other.Start && other.End <= End;
}
