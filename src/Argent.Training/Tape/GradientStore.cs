using System.Runtime.InteropServices;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// Where the gradients of a tape are. Parameters bring their own; every storage that holds an intermediate result gets
/// a shadow of the same length, so that views and slices of a tensor share its gradient. Shadow pages that no result
/// uses are never touched.
/// </summary>
public sealed unsafe class GradientStore : IGradients, IDisposable
{
    readonly ParameterSet _parameters;
    readonly Dictionary<Storage, HeapStorage> _shadows = new(ReferenceEqualityComparer.Instance);
    readonly List<Region> _results = [];

    internal GradientStore(ParameterSet parameters) => _parameters = parameters;

    /// <summary>
    /// The gradient of a parameter or a part of it, or of a recorded result that depends on a parameter; no tensor for
    /// everything else. Results have gradients until the tape is cleared.
    /// </summary>
    public Tensor<float> Of(in Tensor<float> tensor)
    {
        if (!tensor.IsPresent) return default;
        if (_parameters.Holding(tensor) is { } parameter)
        {
            long offset = parameter.Gradient.ByteOffset + (tensor.ByteOffset - parameter.Value.ByteOffset);
            return new Tensor<float>(parameter.Gradient.Storage, offset, tensor.Shape);
        }
        return IsResult(new Region(tensor))
            ? new Tensor<float>(_shadows[tensor.Storage], tensor.ByteOffset, tensor.Shape)
            : default;
    }

    /// <inheritdoc/>
    public void Touch(in Tensor<float> table, in Tensor<int> rows)
    {
        if (_parameters.Holding(table) is { Touched: { } touched } parameter)
        {
            touched.Add(FirstRow(parameter, table), new ReadOnlySpan<int>(rows.Pointer, checked((int)rows.Count)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shadow in _shadows.Values) shadow.Dispose();
        _shadows.Clear();
        _results.Clear();
    }

    /// <summary>Whether the gradient of <paramref name="tensor"/> is wanted: it is trained or depends on what is.</summary>
    internal bool IsWanted(in Tensor<float> tensor) =>
        tensor.IsPresent && (_parameters.Holding(tensor) is not null || IsResult(new Region(tensor)));

    /// <summary>Notes that every row of <paramref name="tensor"/> gets a gradient, when it is a table or rows of one.</summary>
    internal void TouchAll(in Tensor<float> tensor)
    {
        if (_parameters.Holding(tensor) is { Touched: { } touched } parameter)
        {
            long rowCount = Math.Max(1, parameter.Value.Shape.RowCount);
            touched.AddRange(FirstRow(parameter, tensor), (tensor.Count + rowCount - 1) / rowCount);
        }
    }

    /// <summary>Gives <paramref name="result"/> a gradient.</summary>
    internal void Add(in Tensor<float> result)
    {
        var region = new Region(result);
        if (region.IsEmpty) return;
        if (!_shadows.ContainsKey(result.Storage)) _shadows.Add(result.Storage, new HeapStorage(result.Storage.ByteLength));
        if (!_results.Contains(region)) _results.Add(region);
    }

    internal bool IsResult(in Region region)
    {
        foreach (var result in _results)
        {
            if (result.Overlaps(region)) return true;
        }
        return false;
    }

    /// <summary>Sets the gradients of all results to zero.</summary>
    internal void ClearResults()
    {
        foreach (var result in _results)
        {
            NativeMemory.Clear(_shadows[result.Storage!].Pointer + result.Start, (nuint)(result.End - result.Start));
        }
    }

    /// <summary>Forgets the results; keeps shadows for the next pass only where this pass used their storage.</summary>
    internal void Forget()
    {
        if (_results.Count == 0) return;
        var used = _results.Select(r => r.Storage!).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var storage in _shadows.Keys.Where(s => s.Pointer == null || !used.Contains(s)).ToArray())
        {
            _shadows.Remove(storage, out var shadow);
            shadow!.Dispose();
        }
        _results.Clear();
    }

    static long FirstRow(Parameter parameter, in Tensor<float> view) =>
        (view.ByteOffset - parameter.Value.ByteOffset) / Math.Max(1, parameter.Value.Shape.RowCount * sizeof(float));
}
