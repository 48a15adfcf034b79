namespace Argent.Model;

/// <summary>The kinds of item features.</summary>
public enum FeatureType
{
    /// <summary>One text value of a vocabulary.</summary>
    Category,

    /// <summary>Any number of text values of a vocabulary.</summary>
    Categories,

    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary>A float64 number.</summary>
    Number,

    /// <summary>A moment, in seconds since 1970 UTC.</summary>
    Date,

    /// <summary>One text, filtered as a whole.</summary>
    Text,
}

/// <summary>A feature's name and type.</summary>
public sealed record FeatureSpec(string Name, FeatureType Type)
{
    /// <summary>True when values are keys with an order; false when they are ids of a vocabulary.</summary>
    public bool IsOrdered => Type is FeatureType.Integer or FeatureType.Number or FeatureType.Date;
}
