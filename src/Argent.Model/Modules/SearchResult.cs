using Argent.Tensors;

namespace Argent.Model;

/// <summary>Candidates of a group of requests.</summary>
/// <param name="Slots">[B, K1] int32, -1 where there are fewer.</param>
/// <param name="Counts">[B] int32 candidates.</param>
/// <param name="Probes">[B] int32 lists probed for each head.</param>
/// <param name="Statuses">[B] int32 values of <see cref="RetrievalStatus"/>.</param>
/// <param name="EligibleSeen">[B] int64.</param>
readonly record struct SearchResult(
    Tensor<int> Slots, Tensor<int> Counts, Tensor<int> Probes, Tensor<int> Statuses, Tensor<long> EligibleSeen)
{
    public static SearchResult Rent(int count, int capacity, Scratch scratch) => new(
        scratch.Rent<int>(new Shape(count, capacity)),
        scratch.Rent<int>(new Shape(count)),
        scratch.Rent<int>(new Shape(count)),
        scratch.RentZeroed<int>(new Shape(count)),
        scratch.RentZeroed<long>(new Shape(count)));

    public void SetStatus(int request, RetrievalStatus status) => Statuses[request] = (int)status;

    public RetrievalStatus Status(int request) => (RetrievalStatus)Statuses[request];
}
