using Argent.Model.Tests.Filter;

namespace Argent.Model.Tests.Retrieval;

/// <summary>The best items of a request, said a second time: every item is scored in double and sorted.</summary>
sealed class BruteForce(SampleModel sample)
{
    readonly FilterOracle _oracle = new(sample.Catalogue);

    /// <summary>Rows and task scores of all eligible items, best first, by the value that <paramref name="value"/> gives.</summary>
    public List<(int Row, double Value, double[] Tasks)> Search(RetrievalRequest request, Func<double[], double>? value = null)
    {
        value ??= tasks => tasks[0];
        bool[] matches = _oracle.Matches(FilterLanguage.Parse(request.Filter ?? ""));
        var ids = sample.Catalogue.Ids;
        var excluded = (request.Exclude ?? []).Select(ids.Find).ToHashSet();
        var only = request.Only?.Select(ids.Find).ToHashSet();
        var items = new List<(int Row, double Value, double[] Tasks)>();
        for (int row = 0; row < ids.Count; row++)
        {
            if (!matches[row] || excluded.Contains(row) || only?.Contains(row) == false) continue;
            double[] tasks = [.. request.User.Vectors!.Select(q => Score(q, row))];
            items.Add((row, value(tasks), tasks));
        }
        return [.. items.OrderByDescending(i => i.Value).ThenBy(i => i.Row)];
    }

    double Score(float[] query, int row)
    {
        var item = sample.Vectors[row];
        double dot = 0, queryLength = 0, itemLength = 0;
        for (int d = 0; d < item.Length; d++)
        {
            dot += (double)query[d] * item[d];
            queryLength += (double)query[d] * query[d];
            itemLength += (double)item[d] * item[d];
        }
        if (sample.Options.Metric == Metric.Cosine) dot /= Math.Sqrt(queryLength * itemLength);
        return dot + sample.Bias[row];
    }
}
