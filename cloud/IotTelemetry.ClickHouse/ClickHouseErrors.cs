namespace IotTelemetry.ClickHouse;

/// <summary>ClickHouse's error codes that this project acts on. Names and numbers are ClickHouse's (<c>system.errors</c>).</summary>
public static class ClickHouseErrors
{
    /// <summary>The statement does not parse.</summary>
    public const int SyntaxError = 62;

    /// <summary>No such table.</summary>
    public const int UnknownTable = 60;

    /// <summary>No such database.</summary>
    public const int UnknownDatabase = 81;

    /// <summary>The query ran longer than it may.</summary>
    public const int TimeoutExceeded = 159;

    /// <summary>More queries at once than allowed.</summary>
    public const int TooManySimultaneousQueries = 202;

    /// <summary>A socket operation took too long.</summary>
    public const int SocketTimeout = 209;

    /// <summary>The network failed.</summary>
    public const int NetworkError = 210;

    /// <summary>A memory limit, of the query or of the server, was reached.</summary>
    public const int MemoryLimitExceeded = 241;

    /// <summary>The table is read-only for now (its coordination service is away).</summary>
    public const int TableIsReadOnly = 242;

    /// <summary>No space left on the device.</summary>
    public const int NotEnoughSpace = 243;

    /// <summary>Inserts outrun merges.</summary>
    public const int TooManyParts = 252;

    /// <summary>No replica could be reached.</summary>
    public const int AllConnectionTriesFailed = 279;

    /// <summary>Too few live replicas for the quorum.</summary>
    public const int TooFewLiveReplicas = 285;

    /// <summary>It is not known whether the insert was stored: insert again with the same token.</summary>
    public const int UnknownStatusOfInsert = 319;

    /// <summary>The query was cancelled.</summary>
    public const int QueryWasCancelled = 394;

    /// <summary>The coordination service (Keeper) failed.</summary>
    public const int KeeperException = 999;

    /// <summary>True for errors that waiting may cure.</summary>
    public static bool IsTransient(int code) => code is TimeoutExceeded or TooManySimultaneousQueries or SocketTimeout or NetworkError or MemoryLimitExceeded
        or TableIsReadOnly or NotEnoughSpace or TooManyParts or AllConnectionTriesFailed or TooFewLiveReplicas or UnknownStatusOfInsert or KeeperException;
}
