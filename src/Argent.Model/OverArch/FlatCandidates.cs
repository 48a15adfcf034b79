using Argent.Tensors;

namespace Argent.Model;

/// <summary>Candidates of B requests without the gaps.</summary>
/// <param name="Slots">[C] int32.</param>
/// <param name="Places">[C] int32, each one's place among the B * K1 that there is room for.</param>
/// <param name="Start">[B + 1] int32.</param>
readonly record struct FlatCandidates(Tensor<int> Slots, Tensor<int> Places, Tensor<int> Start)
{
    public int Count => (int)Slots.Count;

    /// <summary>Takes slots of 0 or more out of [B, K1].</summary>
    public static FlatCandidates Of(Tensor<int> slots, Scratch scratch)
    {
        long requests = slots.Shape[0], capacity = slots.Shape[1];
        var (flat, places) = (scratch.Rent<int>(new Shape(slots.Count)), scratch.Rent<int>(new Shape(slots.Count)));
        var start = scratch.Rent<int>(new Shape(requests + 1));
        int count = 0;
        start[0] = 0;
        for (int b = 0; b < requests; b++)
        {
            var row = slots.Row(b);
            for (int c = 0; c < row.Length; c++)
            {
                if (row[c] < 0) continue;
                flat[count] = row[c];
                places[count++] = (int)(b * capacity) + c;
            }
            start[b + 1] = count;
        }
        return new FlatCandidates(flat.Rows(0, count), places.Rows(0, count), start);
    }
}

/// <summary>Past items of B users in trained rows, by history.</summary>
/// <param name="Ids">[m] int32.</param>
/// <param name="Starts">[histories, B + 1] int32, bounds in <see cref="Ids"/>.</param>
public readonly record struct UserHistories(Tensor<int> Ids, Tensor<int> Starts)
{
    /// <summary>The bags of one history.</summary>
    public IdBags Of(int history) => new(Ids, Starts.Rows(history, 1).Reshape(new Shape(Starts.Shape[1])));

    /// <summary>Histories of requests; one that brings its query vectors has none.</summary>
    internal static UserHistories Of(ReadOnlySpan<RetrievalQuery> requests, int histories, Scratch scratch)
    {
        long total = 0;
        foreach (var request in requests) total += histories == 0 ? 0 : request.User?.Ends[histories - 1] ?? 0;
        var ids = scratch.Rent<int>(new Shape(total));
        var starts = scratch.Rent<int>(new Shape(histories, requests.Length + 1));
        int count = 0;
        for (int h = 0; h < histories; h++)
        {
            var start = starts.Row(h);
            start[0] = count;
            for (int b = 0; b < requests.Length; b++)
            {
                if (requests[b].User is { } user)
                {
                    int from = h == 0 ? 0 : user.Ends[h - 1];
                    user.Ids.AsSpan(from, user.Ends[h] - from).CopyTo(ids.Span[count..]);
                    count += user.Ends[h] - from;
                }
                start[b + 1] = count;
            }
        }
        return new UserHistories(ids, starts);
    }

    /// <summary>The items of all histories of each user in turn, as rows of the items' sides; those that have none are left out.</summary>
    /// <param name="numbers">[R] the row of each trained item, or -1; no tensor: the trained rows themselves.</param>
    /// <param name="scratch">Memory.</param>
    /// <returns>[n] int32 rows and [B + 1] int32 bounds, rented.</returns>
    public IdBags Together(Tensor<int> numbers, Scratch scratch)
    {
        long requests = Starts.Shape[1] - 1;
        var (rows, start) = (scratch.Rent<int>(new Shape(Ids.Count)), scratch.Rent<int>(new Shape(requests + 1)));
        int count = 0;
        start[0] = 0;
        for (int b = 0; b < requests; b++)
        {
            for (int h = 0; h < Starts.Shape[0]; h++)
            {
                var bounds = Starts.Row(h);
                for (int i = bounds[b]; i < bounds[b + 1]; i++)
                {
                    int row = numbers.IsPresent ? numbers[Ids[i]] : Ids[i];
                    if (row >= 0) rows[count++] = row;
                }
            }
            start[b + 1] = count;
        }
        return new IdBags(rows.Rows(0, count), start);
    }
}
