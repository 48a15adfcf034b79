namespace Argent.Model;

/// <summary>Users as a tower reads them: for each kind of input, one bag of table rows per user.</summary>
/// <param name="Count">B, users.</param>
/// <param name="Bags">In the order of <see cref="TowerConfig.UserBags"/>.</param>
public readonly record struct UserBatch(int Count, IReadOnlyList<IdBags> Bags);

/// <summary>Collects users in memory that is kept from batch to batch.</summary>
public sealed class UserBatchBuilder
{
    readonly IdBagsBuilder[] _bags;
    readonly IdBags[] _built;

    /// <summary>An empty builder for towers of <paramref name="config"/>.</summary>
    public UserBatchBuilder(TowerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _bags = new IdBagsBuilder[config.UserBags()];
        for (int i = 0; i < _bags.Length; i++) _bags[i] = new IdBagsBuilder();
        _built = new IdBags[_bags.Length];
    }

    /// <summary>Users added.</summary>
    public int Count => _bags[0].Count;

    /// <summary>Forgets all users and keeps the memory.</summary>
    public void Clear()
    {
        foreach (var bags in _bags) bags.Clear();
    }

    /// <summary>The bags of one kind of input; each user closes one bag in each.</summary>
    public IdBagsBuilder this[int bag] => _bags[bag];

    /// <summary>The users added so far; valid until the next change.</summary>
    /// <exception cref="InvalidOperationException">A user has a bag of one kind and none of another.</exception>
    public UserBatch Build()
    {
        for (int i = 0; i < _bags.Length; i++)
        {
            if (_bags[i].Count != Count)
            {
                throw new InvalidOperationException($"{Count} users have a bag of input 0, but {_bags[i].Count} of input {i}.");
            }
            _built[i] = _bags[i].Build();
        }
        return new UserBatch(Count, _built);
    }
}
