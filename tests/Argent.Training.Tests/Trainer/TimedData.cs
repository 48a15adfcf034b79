using Argent.Data;
using Argent.Model;

namespace Argent.Training.Tests;

/// <summary>
/// Events with times. In <see cref="Walks"/> items are a ring, and half of the users walk up and half down: which of the two
/// neighbours of a user's items comes next, only the order of the items says.
/// </summary>
static class TimedData
{
    public const int Items = 40;
    public const int Users = 400;
    public const int Steps = 7;
    public const long Day = 86_400;

    /// <summary>Users that walk; the last step of each is held out.</summary>
    public static Dataset Walks(int seed = 5)
    {
        var random = new Random(seed);
        var (start, rows, times) = (new int[Users + 1], new List<int>(), new List<long>());
        for (int user = 0; user < Users; user++)
        {
            int place = random.Next(Items), step = user % 2 == 0 ? 1 : Items - 1;
            for (int i = 0; i < Steps; i++)
            {
                rows.Add((place + (i * step)) % Items);
                times.Add((random.Next(10) + (i * 10)) * Day);
            }
            start[user + 1] = rows.Count;
        }
        return Create(new Interactions("watch", start, [.. rows], [.. times]), new("watch", SplitKind.LeaveLastOut, 0, 2, 7, 0));
    }

    /// <summary>A data set of one task without features.</summary>
    public static Dataset Create(Interactions events, SplitSpec split) => new(
        "timed",
        new Catalogue(ItemIds.FromSorted([.. Enumerable.Range(0, Items).Select(i => (long)i)]), null, []),
        [.. Enumerable.Range(0, events.Users).Select(u => "user" + u)],
        [],
        [events],
        split,
        "timed");

    public static TrainOptions Options(string folder) => new()
    {
        Out = folder,
        Dim = 16,
        Epochs = 12,
        BatchUsers = 64,
        LearningRate = 0.02f,
        WeightDecay = 0.01f,
        Average = 0.9f,
        InputDropout = 0,
        IdDropout = 0,
        ValidationUsers = 0,
        SequenceLength = 4,
        SequenceHidden = 16,
        SequenceRate = 0.1f,
        TargetDays = 15,
    };
}
