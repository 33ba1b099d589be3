namespace IotTelemetry.Cloud.Hosting;

/// <summary>What the process's exit status says to a shell or a supervisor.</summary>
internal static class ExitCode
{
    /// <summary>The work was done; for <c>serve</c>: it was asked to stop and everything taken was stored.</summary>
    public const int Success = 0;

    /// <summary>Something failed while running; the log has the cause.</summary>
    public const int Failure = 1;

    /// <summary>The command line or an option is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>The service could not start: a port is taken, the data directory is locked, the schema is newer than this program.</summary>
    public const int CannotStart = 3;

    /// <summary>The store refused the query; its own message was printed.</summary>
    public const int QueryRefused = 4;

    /// <summary>The service refused what was asked: no such asset, a lockout, another command on it; its reason was printed.</summary>
    public const int Refused = 5;

    /// <summary>The command was taken and not done: rejected, expired, failed or cancelled.</summary>
    public const int NotSwitched = 6;
}
