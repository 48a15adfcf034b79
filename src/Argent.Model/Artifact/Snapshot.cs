using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// An artifact that serves: its model over private maps, and a count of who uses it. Readers take a lease; the maps are
/// freed when the snapshot was disposed and the last lease is given back.
/// </summary>
public sealed class Snapshot : IDisposable
{
    const int Closed = 1;
    const int OneLease = 2;

    readonly Artifact _artifact;
    readonly IDisposable? _kept;
    int _state;

    Snapshot(Artifact artifact, RetrievalModel model, IDisposable? kept) => (_artifact, Model, _kept) = (artifact, model, kept);

    /// <summary>What the artifact is.</summary>
    public Manifest Manifest => _artifact.Manifest;

    /// <summary>The artifact's folder.</summary>
    public string Folder => _artifact.Folder;

    /// <summary>Name and version, for example <c>books/3f2a9c01d7e4</c>.</summary>
    public string Id => Manifest.Id();

    /// <summary>Sequence number of the last update applied; 0 for the artifact as it was published.</summary>
    public long Watermark { get; }

    /// <summary>The model. Use it only under a lease.</summary>
    public RetrievalModel Model { get; }

    /// <summary>Leases that are out.</summary>
    public int Leases => Volatile.Read(ref _state) / OneLease;

    /// <summary>Binds an artifact's tensors to a model. The snapshot owns the artifact from here on, also when this fails.</summary>
    /// <param name="artifact">What is served.</param>
    /// <param name="limits">The largest requests; null for the usual ones.</param>
    /// <param name="clock">What deadlines are measured by; null for the system's.</param>
    /// <param name="kernels">
    /// What its passes will run on, so that kernels of a GPU bring the tensors there now; null when passes may bring any.
    /// </param>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The kernels' device has no room for the model.</exception>
    public static Snapshot Load(
        Artifact artifact, ModelLimits? limits = null, TimeProvider? clock = null, IKernels? kernels = null)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        try
        {
            var parts = RetrievalParts.FromArtifact(artifact);
            var model = new RetrievalModel(parts with { Limits = limits ?? parts.Limits, Clock = clock ?? parts.Clock });
            return new Snapshot(artifact, model, kernels?.Keep([.. model.SearchTensors()]));
        }
        catch (Exception e) when (e is ValueException or ArgumentException)
        {
            artifact.Dispose();
            throw new InvalidDataException($"The artifact '{artifact.Folder}' is inconsistent: {e.Message}", e);
        }
        catch
        {
            artifact.Dispose();
            throw;
        }
    }

    /// <summary>Takes a lease; false when the snapshot was disposed.</summary>
    public bool TryLease()
    {
        int state = Volatile.Read(ref _state);
        while ((state & Closed) == 0)
        {
            int before = Interlocked.CompareExchange(ref _state, state + OneLease, state);
            if (before == state) return true;
            state = before;
        }
        return false;
    }

    /// <summary>Gives a lease back.</summary>
    /// <exception cref="InvalidOperationException">No lease is out.</exception>
    public void Release()
    {
        int state = Interlocked.Add(ref _state, -OneLease);
        if (state < 0)
        {
            Interlocked.Add(ref _state, OneLease);
            throw new InvalidOperationException("A lease was given back twice.");
        }
        if (state == Closed) Free();
    }

    /// <summary>Refuses new leases; the maps are freed now, or when the last lease is given back.</summary>
    public void Dispose()
    {
        int before = Interlocked.Or(ref _state, Closed);
        if (before == 0) Free();
    }

    void Free()
    {
        _kept?.Dispose();
        _artifact.Dispose();
    }
}
