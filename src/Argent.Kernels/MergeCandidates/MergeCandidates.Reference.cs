using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The definition: a set of what was seen.</summary>
public static class MergeCandidatesReference
{
    /// <summary>Merges.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or more was found than kept.</exception>
    public static void Run(in MergeCandidatesArgs args)
    {
        Check(in args);
        long requests = args.Counts.Count;
        var seen = new HashSet<int>();
        for (long b = 0; b < requests; b++)
        {
            seen.Clear();
            var merged = args.Merged.Row(b);
            long heads = args.Found.Count / requests;
            for (long q = b * heads; q < (b + 1) * heads; q++)
            {
                foreach (int slot in args.Slots.Row(q)[..args.Found[q]])
                {
                    if (seen.Add(slot)) merged[seen.Count - 1] = slot;
                }
            }
            merged[seen.Count..].Fill(FusedScanArgs.NoSlot);
            args.Counts[b] = seen.Count;
        }
    }

    static void Check(in MergeCandidatesArgs args)
    {
        Checks.Rank("MergeCandidates: Slots", args.Slots, 2);
        Checks.Rank("MergeCandidates: Counts", args.Counts, 1);
        Shape slots = args.Slots.Shape, counts = args.Counts.Shape;
        Checks.Is("MergeCandidates: Found", args.Found, new(slots[0]), "Slots", slots);
        if (counts[0] == 0 ? slots[0] > 0 : slots[0] % counts[0] != 0)
        {
            throw new ArgumentException($"MergeCandidates: Slots {slots} are not of {counts[0]} requests with equally many heads.");
        }
        long places = counts[0] == 0 ? args.Merged.Shape[1] : slots[0] / counts[0] * slots[1];
        Checks.Is("MergeCandidates: Merged", args.Merged, new(counts[0], places), "Slots", slots);
        for (long q = 0; q < args.Found.Count; q++) Checks.Index("MergeCandidates: Found", args.Found[q], slots[1] + 1);
    }
}
