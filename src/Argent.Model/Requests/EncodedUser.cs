namespace Argent.Model;

/// <summary>One user's table rows, kept until the batch that answers the request is put together.</summary>
/// <param name="Ids">Rows of all bags, end to end.</param>
/// <param name="Ends">Where each bag ends.</param>
sealed record EncodedUser(int[] Ids, int[] Ends)
{
    /// <summary>Copies the only user of a builder.</summary>
    public static EncodedUser From(UserBatchBuilder builder)
    {
        var bags = builder.Build().Bags;
        var ends = new int[bags.Count];
        for (int b = 0; b < ends.Length; b++) ends[b] = (b == 0 ? 0 : ends[b - 1]) + (int)bags[b].Ids.Count;
        var ids = new int[ends.Length == 0 ? 0 : ends[^1]];
        for (int b = 0; b < ends.Length; b++) bags[b].Ids.Span.CopyTo(ids.AsSpan(b == 0 ? 0 : ends[b - 1]));
        return new EncodedUser(ids, ends);
    }

    /// <summary>Adds the user to a batch; nothing is allocated once the batch's memory has grown.</summary>
    public void AddTo(UserBatchBuilder batch)
    {
        for (int b = 0; b < Ends.Length; b++)
        {
            int start = b == 0 ? 0 : Ends[b - 1];
            batch[b].Add(Ids.AsSpan(start, Ends[b] - start));
            batch[b].Close();
        }
    }
}
