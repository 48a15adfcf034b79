using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>The answers to all queries under one filter, checked.</summary>
/// <param name="Rows">[Q, K] int32, -1 where there are fewer.</param>
/// <param name="Wrong">
/// Answers with another number of items than the smaller of K and the eligible ones, with an item that is not eligible or
/// comes twice, or that neither are complete nor say that they are all there is.
/// </param>
/// <param name="Returned">Items of an answer, on average.</param>
/// <param name="Lists">Lists that were scanned, on average.</param>
/// <param name="Exhausted">Answers that say that they are all there is.</param>
sealed record PassRateAnswers(Tensor<int> Rows, int Wrong, double Returned, double Lists, int Exhausted)
{
    /// <summary>Asks every query once.</summary>
    public static PassRateAnswers Of(PassRateModel model, IReadOnlyList<RetrievalQuery> queries, bool[] eligible, int k)
    {
        var rows = Tensor.Zeros<int>(new Shape(queries.Count, k));
        int wanted = Math.Min(k, eligible.Count(passes => passes)), wrong = 0, exhausted = 0;
        long returned = 0, lists = 0;
        for (int q = 0; q < queries.Count; q++)
        {
            var answer = model.Ask(queries[q]);
            var found = answer.Rows(0);
            var status = answer.Status(0);
            if (status == RetrievalStatus.Exhausted) exhausted++;
            bool isTrue = status == RetrievalStatus.Complete ? found.Length == k : status == RetrievalStatus.Exhausted;
            if (!isTrue || !IsRight(found, eligible, wanted)) wrong++;
            rows.Row(q).Fill(-1);
            found.CopyTo(rows.Row(q));
            (returned, lists) = (returned + found.Length, lists + answer.Probes(0));
        }
        return new PassRateAnswers(rows, wrong, (double)returned / queries.Count, (double)lists / queries.Count, exhausted);
    }

    /// <summary>The answers of a rival, which knows no status.</summary>
    public static PassRateAnswers Of(Tensor<int> rows, bool[] eligible)
    {
        int wanted = Math.Min((int)rows.Shape[1], eligible.Count(passes => passes)), wrong = 0;
        long returned = 0;
        for (long q = 0; q < rows.Shape[0]; q++)
        {
            int[] found = [.. rows.Row(q).ToArray().Where(row => row >= 0)];
            if (!IsRight(found, eligible, wanted)) wrong++;
            returned += found.Length;
        }
        return new PassRateAnswers(rows, wrong, (double)returned / rows.Shape[0], 0, 0);
    }

    static bool IsRight(ReadOnlySpan<int> found, bool[] eligible, int wanted)
    {
        var seen = new HashSet<int>();
        foreach (int row in found)
        {
            if (!eligible[row] || !seen.Add(row)) return false;
        }
        return found.Length == wanted;
    }
}
