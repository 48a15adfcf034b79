using System.Diagnostics;
using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>Answers a file of query vectors by a matrix of item ids, and one of scores when it is asked for.</summary>
sealed class VectorFile(OpenModel model, CommandRun run, QueryOptions options)
{
    /// <summary>Answers every row; the result is an <see cref="ExitCode"/>.</summary>
    public int Answer(string path)
    {
        var vectors = VectorReader.Read(path);
        int heads = model.Model.Tasks.Count, k = run.Get(options.K);
        if (vectors.Shape[0] % heads != 0)
        {
            throw new InvalidDataException(
                $"'{path}' has {vectors.Shape[0]} rows, which is no multiple of the model's {heads} heads " +
                $"({string.Join(", ", model.Model.Tasks)}).");
        }
        int queries = (int)(vectors.Shape[0] / heads);
        var ids = Tensor.Zeros<long>(new Shape(queries, k));
        var scores = Tensor.Zeros<float>(new Shape(queries, k));
        var times = new QueryTimes();
        var batch = new RetrievalBatch(Math.Min(run.Get(options.Batch), Math.Max(1, queries)));
        for (int first = 0; first < queries; first += batch.Capacity)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            batch.Clear();
            int count = Math.Min(batch.Capacity, queries - first);
            for (int i = 0; i < count; i++) batch.Add(model.Model.Prepare(Request(vectors, (first + i) * heads)));
            model.Forward(batch);
            for (int i = 0; i < count; i++) Keep(batch, i, ids.Row(first + i), scores.Row(first + i));
            times.Add(start, count);
        }
        Write(run.Get(options.Out)!, ids);
        if (run.Get(options.Scores) is { } scoresPath) Write(scoresPath, scores);
        run.Note(times.ToString());
        if (run.IsJson) run.Print(times.ToJson(), _ => { });
        return ExitCode.Done;
    }

    RetrievalRequest Request(Tensor<float> vectors, int firstRow) => new()
    {
        User = new UserInput
        {
            Vectors = [.. Enumerable.Range(firstRow, model.Model.Tasks.Count).Select(row => vectors.Row(row).ToArray())],
        },
        K = run.Get(options.K),
        NProbe = run.Get(options.NProbe),
        Rescore = run.Get(options.Rescore),
        Filter = run.Get(options.Filter),
        Value = run.Get(options.Value),
    };

    void Keep(RetrievalBatch batch, int index, Span<long> ids, Span<float> scores)
    {
        var rows = batch.Rows(index);
        for (int i = 0; i < rows.Length; i++) ids[i] = model.Model.Items.Number(rows[i]);
        batch.Scores(index).CopyTo(scores);
        ids[rows.Length..].Fill(-1);
        scores[rows.Length..].Fill(float.NaN);
    }

    static void Write<T>(string path, in Tensor<T> values) where T : unmanaged
    {
        using var file = new PartialFile(path);
        file.Stream.Dispose();
        NpyWriter.Write(file.PartialPath, values);
        file.Complete();
    }
}
