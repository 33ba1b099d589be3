using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Rows of <c>commands</c> as columns, both ways. Not thread-safe.</summary>
internal sealed class CommandsBlock
{
    private const string Time = "DateTime64(3, 'UTC')";
    private const string Word = "LowCardinality(String)";

    private readonly UuidColumn _id;
    private readonly ValueColumn<uint> _n;
    private readonly DateTime64Column _at;
    private readonly LowCardinalityColumn _stage;
    private readonly DateTime64Column _expiresAt;
    private readonly StringColumn _actor;
    private readonly LowCardinalityColumn _code;
    private readonly StringColumn _detail;
    private readonly StringColumn _observed;
    private readonly DateTime64Column _observedAt;
    private readonly DateTime64Column _gatewayAt;
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _gateway;
    private readonly StringColumn _asset;
    private readonly LowCardinalityColumn _point;
    private readonly StringColumn _value;
    private readonly StringColumn _expected;
    private readonly StringColumn _author;
    private readonly StringColumn _reason;
    private readonly LowCardinalityColumn _mode;
    private readonly DateTime64Column _requestedAt;
    private readonly ValueColumn<uint> _lifeMs;
    private readonly UuidColumn _bulk;
    private readonly ValueColumn<double> _bulkPerSecond;
    private readonly DateTime64Column _startBy;
    private readonly StringColumn _idempotencyKey;
    private readonly StringColumn _fingerprint;

    public CommandsBlock(NativeBlock? read = null)
    {
        Native = read ?? new NativeBlock();
        T Column<T>(string name, string type)
            where T : NativeColumn => read is null ? Native.Add<T>(name, type) : Native.Get<T>(name);

        _id = Column<UuidColumn>("id", "UUID");
        _n = Column<ValueColumn<uint>>("n", "UInt32");
        _at = Column<DateTime64Column>("at", Time);
        _stage = Column<LowCardinalityColumn>("stage", Word);
        _expiresAt = Column<DateTime64Column>("expires_at", Time);
        _actor = Column<StringColumn>("actor", "String");
        _code = Column<LowCardinalityColumn>("code", Word);
        _detail = Column<StringColumn>("detail", "String");
        _observed = Column<StringColumn>("observed", "String");
        _observedAt = Column<DateTime64Column>("observed_at", Time);
        _gatewayAt = Column<DateTime64Column>("gateway_at", Time);
        _site = Column<LowCardinalityColumn>("site", Word);
        _gateway = Column<LowCardinalityColumn>("gateway", Word);
        _asset = Column<StringColumn>("asset", "String");
        _point = Column<LowCardinalityColumn>("point", Word);
        _value = Column<StringColumn>("value", "String");
        _expected = Column<StringColumn>("expected", "String");
        _author = Column<StringColumn>("author", "String");
        _reason = Column<StringColumn>("reason", "String");
        _mode = Column<LowCardinalityColumn>("mode", Word);
        _requestedAt = Column<DateTime64Column>("requested_at", Time);
        _lifeMs = Column<ValueColumn<uint>>("life_ms", "UInt32");
        _bulk = Column<UuidColumn>("bulk", "UUID");
        _bulkPerSecond = Column<ValueColumn<double>>("bulk_per_second", "Float64");
        _startBy = Column<DateTime64Column>("start_by", Time);
        _idempotencyKey = Column<StringColumn>("idempotency_key", "String");
        _fingerprint = Column<StringColumn>("fingerprint", "String");
    }

    public NativeBlock Native { get; }

    public void Append(CommandRequest request, CommandTransition transition)
    {
        CommandEvidence evidence = transition.Evidence;
        _id.Append(request.Id);
        _n.Append((uint)transition.Number);
        _at.Append(transition.At);
        _stage.Append(StageName.Of(transition.Stage));
        _expiresAt.Append(transition.ExpiresAt);
        _actor.Append(evidence.Actor);
        _code.Append(evidence.Code ?? "");
        _detail.Append(evidence.Detail ?? "");
        _observed.Append(ValueText.Of(evidence.Observed));
        _observedAt.Append(evidence.ObservedAt ?? DateTimeOffset.UnixEpoch);
        _gatewayAt.Append(evidence.GatewayAt ?? DateTimeOffset.UnixEpoch);
        _site.Append(request.Asset.Site);
        _gateway.Append(request.Gateway.Gateway);
        _asset.Append(request.Asset.Name);
        _point.Append(request.Point);
        _value.Append(ValueText.Of(request.Value));
        _expected.Append(ValueText.Of(request.Expected));
        _author.Append(request.Author);
        _reason.Append(request.Reason);
        _mode.Append(request.SelectFirst ? "select" : "direct");
        _requestedAt.Append(request.RequestedAt);
        _lifeMs.Append((uint)request.Life.TotalMilliseconds);
        _bulk.Append(request.Bulk?.Id ?? Guid.Empty);
        _bulkPerSecond.Append(request.Bulk?.PerSecond ?? 0);
        _startBy.Append(request.Bulk?.StartBy ?? DateTimeOffset.UnixEpoch);
        _idempotencyKey.Append(request.IdempotencyKey);
        _fingerprint.Append(request.Fingerprint);
    }

    public Guid Id(int row) => _id[row];

    public CommandRequest Request(int row) => new()
    {
        Id = _id[row],
        Asset = new AssetId(Text(_site, row), _asset.GetString(row)),
        Gateway = new GatewayId(Text(_site, row), Text(_gateway, row)),
        Point = Text(_point, row),
        Value = ValueText.Parse(_value.GetString(row)) ?? throw new FormatException($"command {_id[row]} has no value in the store"),
        Expected = ValueText.Parse(_expected.GetString(row)),
        Author = _author.GetString(row),
        Reason = _reason.GetString(row),
        SelectFirst = Text(_mode, row) == "select",
        RequestedAt = _requestedAt.GetTimestamp(row),
        Life = TimeSpan.FromMilliseconds(_lifeMs[row]),
        Bulk = _bulk[row] == Guid.Empty ? null : new BulkTicket(_bulk[row], _bulkPerSecond[row], _startBy.GetTimestamp(row)),
        IdempotencyKey = _idempotencyKey.GetString(row),
        Fingerprint = _fingerprint.GetString(row),
    };

    public CommandTransition Transition(int row) => new(
        (int)_n[row], _at.GetTimestamp(row), StageName.Parse(Text(_stage, row)), _expiresAt.GetTimestamp(row), new CommandEvidence
        {
            Actor = _actor.GetString(row),
            Code = Text(_code, row),
            Detail = _detail.GetString(row),
            Observed = ValueText.Parse(_observed.GetString(row)),
            ObservedAt = Moment(_observedAt, row),
            GatewayAt = Moment(_gatewayAt, row),
        });

    private static string Text(LowCardinalityColumn column, int row) => (string)column.GetValue(row)!;

    private static DateTimeOffset? Moment(DateTime64Column column, int row) => column[row] == 0 ? null : column.GetTimestamp(row);
}
