namespace Argent.Kernels;

/// <summary>The operations of the search.</summary>
public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void Probe(in ProbeArgs args)
    {
        ProbeReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var device = new DeviceProbeArgs
            {
                Queries = Input(args.Queries),
                Centroids = Input(args.Centroids),
                CentroidBias = Input(args.CentroidBias),
                Lists = Output(args.Lists),
                Scores = Output(args.Scores),
            };
            ProbeCuda.Run(new CudaQueue(_modules, _stream), device, _memory);
            Result(device.Lists, args.Lists);
            Result(device.Scores, args.Scores);
            Finish();
        }
    }

    /// <inheritdoc/>
    public void SelectTopK(in SelectTopKArgs args)
    {
        SelectTopKReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var device = new DeviceSelectTopKArgs
            {
                Scores = Input(args.Scores),
                Seconds = Input(args.Seconds),
                Ties = Input(args.Ties),
                Top = Output(args.Top),
                Positions = Output(args.Positions),
            };
            SelectTopKCuda.Run(new CudaQueue(_modules, _stream), device, _memory);
            Result(device.Top, args.Top);
            Result(device.Positions, args.Positions);
            Finish();
        }
    }

    /// <inheritdoc/>
    public void QuantizeRows(in QuantizeRowsArgs args)
    {
        QuantizeRowsReference.Check(in args);
        ulong notFinite;
        lock (_lock)
        {
            Begin();
            var device = new DeviceQuantizeRowsArgs
            {
                Rows = Input(args.Rows),
                Center = Input(args.Center),
                Scale = args.Scale,
                Clamped = Output(args.Clamped),
                Codes = Output(args.Codes),
                Scales = Output(args.Scales),
                NotFinite = _memory.Rent<ulong>(new(1)),
            };
            QuantizeRowsCuda.Run(new CudaQueue(_modules, _stream), device);
            Result(device.Clamped, args.Clamped);
            Result(device.Codes, args.Codes);
            Result(device.Scales, args.Scales);
            Span<ulong> first = stackalloc ulong[1];
            _stream.DownloadNow(device.NotFinite, first);
            notFinite = first[0];
            Finish();
        }
        if (notFinite != ulong.MaxValue) throw QuantizeRowsReference.NotFinite((long)notFinite, args.Rows.Shape);
    }
}
