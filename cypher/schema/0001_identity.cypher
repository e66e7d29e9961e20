// Identity: one node per id, one relationship per claim id (within each type).
CREATE CONSTRAINT supplier_id IF NOT EXISTS FOR (n:Supplier) REQUIRE n.supplier_id IS UNIQUE
CREATE CONSTRAINT factory_id IF NOT EXISTS FOR (n:Factory) REQUIRE n.factory_id IS UNIQUE
CREATE CONSTRAINT holder_id IF NOT EXISTS FOR (n:Holder) REQUIRE n.holder_id IS UNIQUE
CREATE CONSTRAINT item_id IF NOT EXISTS FOR (n:Item) REQUIRE n.item_id IS UNIQUE
CREATE CONSTRAINT contract_id IF NOT EXISTS FOR (n:Contract) REQUIRE n.contract_id IS UNIQUE
CREATE CONSTRAINT region_id IF NOT EXISTS FOR (n:Region) REQUIRE n.region_id IS UNIQUE
CREATE CONSTRAINT category_id IF NOT EXISTS FOR (n:Category) REQUIRE n.category_id IS UNIQUE
CREATE CONSTRAINT country_id IF NOT EXISTS FOR (n:Country) REQUIRE n.country_id IS UNIQUE
CREATE CONSTRAINT product_id IF NOT EXISTS FOR (n:Product) REQUIRE n.product_id IS UNIQUE
CREATE CONSTRAINT source_id IF NOT EXISTS FOR (n:Source) REQUIRE n.source_id IS UNIQUE
CREATE CONSTRAINT change_set_number IF NOT EXISTS FOR (n:ChangeSet) REQUIRE n.number IS UNIQUE
CREATE CONSTRAINT migration_number IF NOT EXISTS FOR (n:Migration) REQUIRE n.number IS UNIQUE
CREATE CONSTRAINT store_name IF NOT EXISTS FOR (n:Store) REQUIRE n.name IS UNIQUE
CREATE CONSTRAINT replaced_id IF NOT EXISTS FOR (n:Replaced) REQUIRE n.claim_id IS UNIQUE
CREATE CONSTRAINT record_version IF NOT EXISTS FOR (n:Record) REQUIRE (n.kind, n.id, n.version) IS UNIQUE
CREATE CONSTRAINT offers_claim_id IF NOT EXISTS FOR ()-[r:OFFERS]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT supplies_claim_id IF NOT EXISTS FOR ()-[r:SUPPLIES]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT becomes_claim_id IF NOT EXISTS FOR ()-[r:BECOMES]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT delivered_under_claim_id IF NOT EXISTS FOR ()-[r:DELIVERED_UNDER]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT operated_by_claim_id IF NOT EXISTS FOR ()-[r:OPERATED_BY]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT located_in_claim_id IF NOT EXISTS FOR ()-[r:LOCATED_IN]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT owned_by_claim_id IF NOT EXISTS FOR ()-[r:OWNED_BY]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT registered_in_claim_id IF NOT EXISTS FOR ()-[r:REGISTERED_IN]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT serves_claim_id IF NOT EXISTS FOR ()-[r:SERVES]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT uses_claim_id IF NOT EXISTS FOR ()-[r:USES]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT in_category_claim_id IF NOT EXISTS FOR ()-[r:IN_CATEGORY]-() REQUIRE r.claim_id IS UNIQUE
CREATE CONSTRAINT describes_claim_id IF NOT EXISTS FOR ()-[r:DESCRIBES]-() REQUIRE r.claim_id IS UNIQUE
