using System.Globalization;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The scan. Queries go through the device in as many runs as its working memory demands.</summary>
public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The working memory is too small for one query.</exception>
    public void FusedScan(in FusedScanArgs args)
    {
        FusedScanChecks.Check(in args);
        long queries = args.Queries.Shape[0];
        if (queries == 0) return;
        lock (_lock)
        {
            Begin();
            var device = new DeviceFusedScanArgs
            {
                Queries = Input(args.Queries),
                QueryScales = Input(args.QueryScales),
                Index = Input(args.Index),
                Scores = Output(args.Scores),
                Slots = Output(args.Slots),
                ItemRows = Output(args.ItemRows),
                Found = Output(args.Found),
                EligibleSeen = Output(args.EligibleSeen),
            };
            var filters = args.Filters.AsSpan(0, (int)queries);
            var filtered = filters.ContainsAnyExcept((QueryFilter?)null) ? Filters(in args, device.Index) : null;
            Scan(in device, Input(args.Lists), Size(in args), filtered);
            Result(device.Scores, args.Scores);
            Result(device.Slots, args.Slots);
            Result(device.ItemRows, args.ItemRows);
            Result(device.Found, args.Found);
            Result(device.EligibleSeen, args.EligibleSeen);
            Finish();
            filtered?.Dispose();
        }
    }

    void Scan(in DeviceFusedScanArgs args, DeviceTensor<int> lists, ScanSize size, ScanFilters? filters)
    {
        long each = QueriesAtOnce(size, filters?.WordsMax ?? 0);
        for (long first = 0; first < size.Queries; first += each)
        {
            long count = Math.Min(each, size.Queries - first);
            var run = args with
            {
                Queries = args.Queries.Rows(first, count),
                QueryScales = args.QueryScales.Rows(first, count),
                Scores = args.Scores.Rows(first, count),
                Slots = args.Slots.IsPresent ? args.Slots.Rows(first, count) : default,
                ItemRows = args.ItemRows.IsPresent ? args.ItemRows.Rows(first, count) : default,
                Found = args.Found.Rows(first, count),
                EligibleSeen = args.EligibleSeen.Rows(first, count),
            };
            var mark = _memory.Mark();
            // The stream passes one run before the next, so that they may share memory.
            var space = ScanSpace.Rent(_memory, lists.Rows(first, count), size with { Queries = count });
            FusedScanCuda.Plan(Queue, run, space);
            if (filters is null) FusedScanCuda.CountEligible(Queue, run, space);
            else filters.Launch(Queue, space.Pairs, run.EligibleSeen, ((int)first, (int)count), _memory);
            FusedScanCuda.Score(Queue, run, space);
            _memory.Release(mark);
        }
    }

    /// <summary>Queries whose scan fits what is left of the working memory.</summary>
    long QueriesAtOnce(ScanSize size, long filterWords)
    {
        long left = _memory.ByteLength - _memory.UsedBytes - filterWords * sizeof(ulong);
        long most = size.Queries;
        while (most > 1 && (size with { Queries = most }).Bytes > left) most /= 2;
        long bytes = (size with { Queries = most }).Bytes;
        if (bytes <= left) return most;
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"FusedScan: one query over {size.Probes} lists of {size.RowWords * 64} slots that keeps {size.Kept} needs {bytes} bytes of "
            + $"device memory; {left} of {_memory.ByteLength} are left beside operands, filters and answers."));
    }

    static ScanSize Size(in FusedScanArgs args)
    {
        long rowWords = 0;
        for (int q = 0; q < args.Queries.Shape[0]; q++)
        {
            long words = 0;
            foreach (int list in args.Lists.Row(q)) words += list < 0 ? 0 : (args.Index.ListCount[list] + 63) / 64;
            rowWords = Math.Max(rowWords, words);
        }
        return new ScanSize(
            args.Queries.Shape[0], args.Lists.Shape[1], args.Scores.Shape[1], args.Index.NList, rowWords, args.Index.Codes.Shape[0]);
    }

    ScanFilters Filters(in FusedScanArgs args, DeviceIvf index)
    {
        DeviceForward? forward = null;
        if (args.Forward is { } values)
        {
            forward = DeviceForward.Over([.. values.Columns.Select(Input)], _memory);
            forward.AddressesTo(_stream);
        }
        var words = args.Words is not { } given ? null : new DeviceFilterWords
        {
            Rows = Input(given.Rows),
            BlockStart = Input(given.BlockStart),
            ExactRows = given.ExactRows,
            HashCount = given.HashCount,
        };
        return new ScanFilters(args.Filters, args.Words) { Index = index, Words = words, Forward = forward };
    }

    DeviceForwardColumn Input(ForwardColumn column) =>
        new() { Keys = Input(column.Keys), Ranges = Input(column.Ranges), Values = Input(column.Values) };

    DeviceIvf Input(IvfTensors index) => new()
    {
        Codes = Input(index.Codes),
        Scales = Input(index.Scales),
        Bias = Input(index.Bias),
        Live = Input(index.Live),
        Rows = Input(index.Rows),
        SlotOfRow = Input(index.SlotOfRow),
        ListStart = Input(index.ListStart),
        ListCount = Input(index.ListCount),
        LongestWords = [],
    };
}
