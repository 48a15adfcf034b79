using System.CommandLine;
using Argent.Bench;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>Measures a GPU: its own limits and the kernels on it.</summary>
sealed class BenchGpuCommand : BenchmarkCommand
{
    static readonly GpuBenchOptions _defaults = new();

    readonly Option<long> _items = Size("--items", "Rows of the tables; 80000000 is the largest that the goals name.", _defaults.Items);
    readonly Option<int> _dim = Size("--dim", "Columns, a multiple of 8.", _defaults.Dim);
    readonly Option<int> _lists = Size("--lists", "Lists of the index.", _defaults.Lists);
    readonly Option<int> _probes = Size("--probes", "Lists that a query visits.", _defaults.Probes);
    readonly Option<int> _batch = Size("--batch", "Requests of a batch.", _defaults.Batch);
    readonly Option<int> _heads = Size("--heads", "Queries of a request.", _defaults.Heads);
    readonly Option<int> _k = Size("--k", "Kept of each query.", _defaults.K);
    readonly Option<long> _rows = Size("--rows", "Rows that are gathered, scored, quantised and assigned.", _defaults.Rows);
    readonly Option<int> _matrix = Size("--matrix", "Rows and columns of the matrices.", _defaults.Matrix);
    readonly Option<long> _copy = Size("--copy-bytes", "Bytes that are copied.", _defaults.CopyBytes);

    /// <summary>The command.</summary>
    public BenchGpuCommand()
        : base(
            "gpu",
            "Measure a GPU: copy bandwidth, matrix rate, and each search kernel over data made there.",
            "argent bench gpu --device cuda --items 80000000 --out bench/results/this-machine/gpu")
    {
        Option[] sizes = [_items, _dim, _lists, _probes, _batch, _heads, _k, _rows, _matrix, _copy];
        foreach (var size in sizes) Add(size);
    }

    /// <inheritdoc/>
    public override bool RunsOnGpu => true;

    /// <inheritdoc/>
    protected override IBenchmark Create(CommandRun run)
    {
        if (run.Device.Kind != DeviceKind.Cuda)
        {
            throw new UsageException("this benchmark measures a GPU and nothing else: add --device cuda.");
        }
        return new GpuBenchmark(run.Device.Ordinal, new GpuBenchOptions
        {
            Items = run.Get(_items),
            Dim = run.Get(_dim),
            Lists = run.Get(_lists),
            Probes = run.Get(_probes),
            Batch = run.Get(_batch),
            Heads = run.Get(_heads),
            K = run.Get(_k),
            Rows = run.Get(_rows),
            Matrix = run.Get(_matrix),
            CopyBytes = run.Get(_copy),
        });
    }

    static Option<T> Size<T>(string name, string description, T value) where T : struct, System.Numerics.INumber<T>
    {
        var option = Numbers.AtLeast(T.One, Numbers.Create(name, description, value));
        option.HelpName = "n";
        return option;
    }
}
