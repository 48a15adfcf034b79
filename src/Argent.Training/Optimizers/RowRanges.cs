namespace Argent.Training;

/// <summary>
/// The elements that a step updates, as ranges: the touched rows of a table, or all elements cut into blocks. Chunk
/// bounds do not depend on the number of threads.
/// </summary>
readonly unsafe struct RowRanges
{
    /// <summary>Elements of a chunk: 16 KB of each of the tensors that a step walks, which fit a second-level cache.</summary>
    const int ChunkElements = 4096;

    readonly int* _rows;
    readonly long _entries;
    readonly long _elements;
    readonly long _rowCount;
    readonly long _entriesPerChunk;

    public RowRanges(Parameter parameter)
    {
        _elements = parameter.Value.Count;
        if (parameter.Touched is { } touched)
        {
            _rowCount = parameter.Value.Shape.RowCount;
            _rows = touched.Pointer;
            _entries = touched.Count;
            _entriesPerChunk = Math.Max(1, ChunkElements / Math.Max(1, _rowCount));
        }
        else
        {
            _rowCount = ChunkElements;
            _entries = (_elements + ChunkElements - 1) / ChunkElements;
            _entriesPerChunk = 1;
        }
    }

    /// <summary>Number of chunks.</summary>
    public int Chunks => checked((int)((_entries + _entriesPerChunk - 1) / _entriesPerChunk));

    /// <summary>The entries [First, Last) of a chunk.</summary>
    public (long First, long Last) Entries(int chunk) =>
        (chunk * _entriesPerChunk, Math.Min(_entries, (chunk + 1) * _entriesPerChunk));

    /// <summary>The elements of an entry: one touched row, or one block.</summary>
    public (long Start, long Count) Elements(long entry)
    {
        long start = (_rows == null ? entry : _rows[entry]) * _rowCount;
        return (start, Math.Min(_rowCount, _elements - start));
    }
}
