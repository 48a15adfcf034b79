namespace Argent.Model;

/// <summary>Where an item's way through a request ended: the first stage that it did not pass.</summary>
public enum ItemVerdict
{
    /// <summary>It is in the answer.</summary>
    Served,

    /// <summary>The catalogue has no item of this id.</summary>
    UnknownItem,

    /// <summary>The catalogue has it, the index does not: it was removed, or is not in yet.</summary>
    NotLive,

    /// <summary>The request excludes it.</summary>
    Excluded,

    /// <summary>The request allows others only.</summary>
    NotInOnly,

    /// <summary>The request's filter is false of it.</summary>
    Filtered,

    /// <summary>Its list was scanned for no head.</summary>
    ListNotProbed,

    /// <summary>Every head that scanned its list kept K0 better ones.</summary>
    BelowScan,

    /// <summary>A head kept it, and the merge of the heads did not.</summary>
    LostInMerge,

    /// <summary>It was a candidate, and K others have more value.</summary>
    BelowK,
}
